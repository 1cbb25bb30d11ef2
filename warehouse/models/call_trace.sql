-- One call from its first channel to its last hangup: what happened, when, to whom.
-- Grain: call_id, happened_at, what, ordinal
-- Options: call
-- Source: postgresql
-- Column call_id: The call
-- Column happened_at: When
-- Column what: started, entered_queue, left_queue, missed_ring, rang, answered, leg_ended, recording or ended
-- Column ordinal: Number of the stint, ring, leg or recording within the call
-- Column queue: The queue
-- Column agent: The agent
-- Column detail: The outcome, who ended it, where it was transferred to, or the file
-- Column seconds: Waited, rung, talked, or in all
-- Check: seconds IS NULL OR seconds >= 0
SELECT call_id, started_at AS happened_at, 'started' AS what, 0 AS ordinal, NULL AS queue, NULL AS agent, direction AS detail,
  CAST(NULL AS DOUBLE PRECISION) AS seconds FROM traced_calls
UNION ALL
SELECT call_id, entered_at, 'entered_queue', ordinal, queue, NULL, NULL, NULL FROM traced_stints
UNION ALL
SELECT call_id, left_at, 'left_queue', ordinal, queue, agent, outcome, wait_s FROM traced_stints WHERE left_at IS NOT NULL
UNION ALL
SELECT call_id, rang_at, 'missed_ring', ordinal, NULL, agent, NULL, ring_s FROM traced_missed
UNION ALL
SELECT call_id, rang_at, 'rang', ordinal, NULL, agent, NULL, NULL FROM traced_legs WHERE rang_at IS NOT NULL
UNION ALL
SELECT call_id, answered_at, 'answered', ordinal, NULL, agent, NULL, NULL FROM traced_legs
UNION ALL
SELECT call_id, ended_at, 'leg_ended', ordinal, NULL, agent, coalesce(transfer_kind || ' to ' || transfer_to, ended_by), talk_s
FROM traced_legs WHERE ended_at IS NOT NULL
UNION ALL
SELECT call_id, started_at, 'recording', ordinal, NULL, NULL, file, NULL FROM traced_recordings
UNION ALL
SELECT call_id, ended_at, 'ended', 0, NULL, agent_id, outcome, duration FROM traced_calls WHERE ended_at IS NOT NULL
ORDER BY 1, 2, 3, 4
