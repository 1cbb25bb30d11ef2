-- What each stint adds to each column of q15, and when: everything of queues is summed from it.
-- Grain: call_id, ordinal
-- Column call_id: The call
-- Column ordinal: Number of the stint within the call
-- Column pbx: The PBX
-- Column queue: The queue
-- Column entered_at: When the caller entered the queue
-- Column left_at: When the caller left it; null while waiting
-- Column leg_ended_at: When the conversation that it led to ended
-- Column call_ended_at: When the call ended
-- Column {tally}: One stint's part of the column of this name in q15
-- Check: offered + refused = 1
-- Check: answered + abandoned + flow_out <= offered
WITH first_legs AS (
  SELECT call_id, stint AS ordinal, arg_min(talk_s, ordinal) AS talk_s, arg_min(hold_s, ordinal) AS hold_s,
    arg_min(ended_at, ordinal) AS leg_ended_at
  FROM legs WHERE stint IS NOT NULL AND talk_s IS NOT NULL GROUP BY call_id, stint
), rings AS (
  SELECT call_id, stint AS ordinal, count(*) AS rings FROM missed_rings WHERE stint IS NOT NULL GROUP BY call_id, stint
), told AS (
  SELECT stints.*, queues.service_level_s, queues.short_abandon_s, queues.wrapup_s, first_legs.talk_s, first_legs.hold_s,
    first_legs.leg_ended_at, coalesce(rings.rings, 0) AS rings, calls.ended_at AS call_ended_at,
    coalesce(stints.outcome NOT IN ('join_empty', 'full'), true) AS let_in
  FROM stints JOIN queues USING (pbx, queue) JOIN calls USING (call_id)
    LEFT JOIN first_legs USING (call_id, ordinal) LEFT JOIN rings USING (call_id, ordinal)
), judged AS (
  SELECT *, CASE WHEN let_in AND wait_s IS NOT NULL THEN outcome END AS left_by, let_in AND talk_s IS NOT NULL AS handles
  FROM told
), known AS (
  SELECT *, left_by IS NOT NULL AS has_left, coalesce(left_by = 'answered', false) AS is_answered,
    coalesce(left_by = 'abandoned', false) AS is_abandoned,
    coalesce(left_by IN ('abandoned', 'timeout', 'exit_empty', 'withdrawn', 'system'), false) AS is_pbx_abandoned,
    coalesce(wait_s <= service_level_s, false) AS in_time
  FROM judged
)
SELECT call_id, ordinal, pbx, queue, entered_at, left_at, leg_ended_at, call_ended_at,
  let_in::INTEGER AS offered,
  is_answered::INTEGER AS answered,
  is_abandoned::INTEGER AS abandoned,
  (is_abandoned AND wait_s <= short_abandon_s)::INTEGER AS short_abandoned,
  (has_left AND NOT is_answered AND NOT is_abandoned)::INTEGER AS flow_out,
  (NOT let_in)::INTEGER AS refused,
  (is_answered AND in_time)::INTEGER AS answered_in_sl,
  (is_abandoned AND in_time)::INTEGER AS abandoned_in_sl,
  is_pbx_abandoned::INTEGER AS pbx_abandoned,
  (is_pbx_abandoned AND in_time)::INTEGER AS pbx_abandoned_in_sl,
  CASE WHEN is_answered THEN wait_s ELSE 0 END AS wait_answered_s,
  CASE WHEN is_abandoned THEN wait_s ELSE 0 END AS wait_abandoned_s,
  CASE WHEN has_left THEN wait_s ELSE 0 END AS wait_s,
  (CASE WHEN let_in THEN rings ELSE 0 END)::INTEGER AS missed,
  handles::INTEGER AS handled,
  CASE WHEN handles THEN talk_s ELSE 0 END AS talk_s,
  CASE WHEN handles THEN hold_s ELSE 0 END AS hold_s,
  CASE WHEN handles THEN wrapup_s ELSE 0 END AS wrap_s
FROM known
