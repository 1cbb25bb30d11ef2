-- The calls that agents sent on, one by one, with where to and what became of them.
-- Grain: call_id, ordinal
-- Options: queue, agent, interval
-- Column interval_start: Start of the interval in which the conversation began
-- Column call_id: The call
-- Column ordinal: Number of the leg within the call
-- Column pbx: The PBX
-- Column queue: The queue that the conversation came from; null for none
-- Column agent_id: Who sent it on
-- Column name: Their name
-- Column answered_at: When the conversation began
-- Column ended_at: When it was sent on
-- Column kind: blind or attended
-- Column to_number: Where to
-- Column into: queue, internal or external
-- Column to_queue: The queue that it entered next, if it did
-- Column to_agent: The agent who had it next, if one had
-- Column talk_s: Seconds of conversation before
-- Shown: answered_at, call_id, queue, agent_id, kind, to_number, into, to_queue, to_agent, talk_s
-- Check: "into" IN ('queue', 'internal', 'external')
WITH sent AS (
  SELECT asked_legs.*,
    (SELECT min(entered_at) FROM stints WHERE stints.call_id = asked_legs.call_id AND entered_at > asked_legs.answered_at) AS entered,
    (SELECT min(after.answered_at) FROM legs AS after
     WHERE after.call_id = asked_legs.call_id AND after.answered_at > asked_legs.answered_at) AS followed
  FROM asked_legs WHERE transfer_to IS NOT NULL
)
SELECT interval_start, sent.call_id, sent.ordinal, sent.pbx, sent.queue, sent.agent_id, agent_name AS name, sent.answered_at,
  sent.ended_at, transfer_kind AS kind, transfer_to AS to_number,
  CASE WHEN entered IS NOT NULL AND (followed IS NULL OR entered <= followed) THEN 'queue'
    WHEN followed IS NOT NULL OR (sent.pbx, transfer_to) IN (SELECT (pbx, extension) FROM agents) THEN 'internal'
    ELSE 'external' END AS "into",
  (SELECT min(queue) FROM stints WHERE stints.call_id = sent.call_id AND stints.entered_at = sent.entered) AS to_queue,
  (SELECT min(after.agent) FROM legs AS after WHERE after.call_id = sent.call_id AND after.answered_at = sent.followed) AS to_agent,
  talk_s
FROM sent
ORDER BY sent.answered_at, sent.call_id, sent.ordinal
