-- Each agent: conversations, missed rings, handle time and its parts, transfers, time in each state and what it comes to.
-- Grain: interval_start, pbx, agent_id
-- Options: agent, interval
-- Column interval_start: Start of the interval; of the whole range if none was asked for
-- Column pbx: The PBX
-- Column agent_id: The agent
-- Column name: The agent's name
-- Column available_s: Seconds available
-- Column ringing_s: Seconds in which the phone rang
-- Column on_call_s: Seconds in conversation
-- Column on_hold_s: Seconds with the caller on hold
-- Column wrap_up_s: Seconds in wrap-up
-- Column paused_s: Seconds paused
-- Shown: interval_start, pbx, agent_id, handled, missed, agent_aht, agent_talk, agent_hold, agent_wrap, occupancy, availability, transfer_rate
-- Check: transferred <= handled
-- Check: occupancy IS NULL OR occupancy BETWEEN 0 AND 1
-- Check: availability IS NULL OR availability + utilisation <= 1.000001
SELECT interval_start, pbx, agent_id, name,
  round(sum(available_s), 3) AS available_s, round(sum(ringing_s), 3) AS ringing_s, round(sum(on_call_s), 3) AS on_call_s,
  round(sum(on_hold_s), 3) AS on_hold_s, round(sum(wrap_up_s), 3) AS wrap_up_s, round(sum(paused_s), 3) AS paused_s,
  {agent_metrics}
FROM agent_cells
GROUP BY interval_start, pbx, agent_id, name
ORDER BY interval_start, pbx, agent_id
