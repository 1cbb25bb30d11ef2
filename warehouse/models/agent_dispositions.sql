-- How each agent filed calls: those in which the agent had an ended conversation that began in the interval.
-- Grain: interval_start, pbx, agent_id, disposition
-- Options: agent, interval
-- Column interval_start: Start of the interval; of the whole range if none was asked for
-- Column pbx: The PBX
-- Column agent_id: The agent
-- Column name: The agent's name
-- Column disposition: The code; null where the call was not filed
-- Column calls: Calls
-- Check: calls > 0
SELECT interval_start, pbx, agent_id, agent_name AS name, disposition, sum(calls)::BIGINT AS calls
FROM disposition_cells
GROUP BY interval_start, pbx, agent_id, agent_name, disposition
ORDER BY interval_start, pbx, agent_id, disposition
