-- How long agents kept callers on hold, by queue and agent; of ended conversations.
-- Grain: interval_start, pbx, queue, agent_id
-- Options: queue, agent, interval
-- Column interval_start: Start of the interval in which the conversation began; of the whole range if none was asked for
-- Column pbx: The PBX
-- Column queue: The queue that it came from; null for dialled calls and what was transferred
-- Column agent_id: The agent
-- Column name: The agent's name
-- Column legs: Conversations
-- Column held: Of them, with hold
-- Column holds: How often callers were held
-- Column hold_s: Seconds on hold
-- Column avg_hold_s: Mean seconds on hold of all conversations
-- Column avg_held_s: Mean seconds on hold of those with hold
-- Column longest_hold_s: Most seconds on hold in one conversation
-- Column hold_share: Seconds on hold, of talk and hold
-- Check: held <= legs
-- Check: longest_hold_s <= hold_s + 0.001
SELECT interval_start, pbx, queue, agent_id, agent_name AS name, sum(legs)::BIGINT AS legs, sum(held)::BIGINT AS held,
  sum(holds)::BIGINT AS holds, round(sum(hold_s), 3) AS hold_s, round(sum(hold_s), 3) / sum(legs)::BIGINT AS avg_hold_s,
  round(sum(held_s), 3) / nullif(sum(held)::BIGINT, 0) AS avg_held_s,
  max(longest_hold_s) AS longest_hold_s, round(sum(hold_s), 3) / nullif(round(sum(talk_s) + sum(hold_s), 3), 0) AS hold_share
FROM conversation_cells
GROUP BY interval_start, pbx, queue, agent_id, agent_name
ORDER BY interval_start, pbx, queue, agent_id
