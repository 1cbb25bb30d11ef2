-- What an agent did, one thing after the other: states, conversations, missed rings.
-- Grain: pbx, agent_id, started_at, kind, call_id, detail
-- Options: agent
-- Source: postgresql
-- Column pbx: The PBX
-- Column agent_id: The agent
-- Column started_at: From then on
-- Column ended_at: Until then, exclusive; null while it lasts
-- Column kind: state, conversation or missed_ring
-- Column detail: The state, how the conversation ended, or empty
-- Column reason: Why paused, or in wrap-up
-- Column call_id: The call, of conversations and missed rings
-- Column seconds: How long; a conversation without hold
-- Check: seconds IS NULL OR seconds >= 0
-- Check: kind IN ('state', 'conversation', 'missed_ring')
SELECT pbx, agent_id, started_at, ended_at, 'state' AS kind, state AS detail, reason, NULL AS call_id,
  CAST(extract(epoch FROM ended_at) - extract(epoch FROM started_at) AS DOUBLE PRECISION) AS seconds
FROM timeline_states
UNION ALL
SELECT pbx, agent_id, answered_at, ended_at, 'conversation', coalesce(ended_by, ''), '', call_id, talk_s FROM timeline_legs
UNION ALL
SELECT pbx, agent_id, rang_at, rang_at + ring_s * INTERVAL '1 second', 'missed_ring', '', '', call_id, ring_s FROM timeline_missed
ORDER BY started_at, kind, call_id
