-- How conversations sounded (MOS, by the E-model on loss, jitter and round-trip time), by queue and agent.
-- Grain: interval_start, pbx, queue, agent_id
-- Options: queue, agent, interval
-- Column interval_start: Start of the interval in which the conversation began; of the whole range if none was asked for
-- Column pbx: The PBX
-- Column queue: The queue that it came from; null for dialled calls and what was transferred
-- Column agent_id: The agent
-- Column name: The agent's name
-- Column legs: Conversations
-- Column measured: Of them, with a MOS
-- Column avg_mos: Mean MOS; null where none was measured
-- Column worst_mos: The lowest
-- Column below_4: Conversations that satisfied not all users (below 4.0)
-- Column below_3_6: Conversations that many users were dissatisfied with (below 3.6)
-- Check: measured <= legs AND below_3_6 <= below_4
-- Check: avg_mos IS NULL OR avg_mos BETWEEN 1 AND 5
SELECT interval_start, pbx, queue, agent_id, agent_name AS name, sum(legs)::BIGINT AS legs, sum(measured)::BIGINT AS measured,
  round(sum(mos_sum), 3) / nullif(sum(measured)::BIGINT, 0) AS avg_mos, min(worst_mos) AS worst_mos,
  sum(below_4)::BIGINT AS below_4, sum(below_3_6)::BIGINT AS below_3_6
FROM conversation_cells
GROUP BY interval_start, pbx, queue, agent_id, agent_name
ORDER BY interval_start, pbx, queue, agent_id
