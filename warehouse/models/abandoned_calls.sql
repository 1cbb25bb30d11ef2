-- The callers who hung up while they waited, one by one: the list behind the number.
-- Grain: call_id, ordinal
-- Options: queue, interval
-- Column interval_start: Start of the interval in which the caller entered the queue
-- Column call_id: The call
-- Column ordinal: Number of the stint within the call
-- Column pbx: The PBX
-- Column queue: The queue's id
-- Column name: The queue's name for people
-- Column entered_at: When the caller entered the queue
-- Column left_at: When the caller hung up
-- Column wait_s: Seconds waited
-- Column is_short: Within the queue's short-abandon time
-- Column in_time: Within the queue's threshold
-- Column position: Place in the queue on entering
-- Column from_number: The caller's number
-- Column from_name: The caller's name
-- Column missed: Rings to agents in vain
-- Column called_again_at: When the same number entered a queue again, if it did
-- Shown: entered_at, call_id, queue, wait_s, is_short, from_number, from_name, missed, called_again_at
-- Check: wait_s >= 0
-- Check: NOT is_short OR wait_s IS NOT NULL
SELECT lost.interval_start, lost.call_id, lost.ordinal, lost.pbx, lost.queue, lost.name, lost.entered_at, lost.left_at, lost.wait_s,
  lost.wait_s <= queues.short_abandon_s AS is_short, lost.wait_s <= queues.service_level_s AS in_time, lost.position,
  calls.from_number, calls.from_name,
  (SELECT count(*) FROM missed_rings AS ring WHERE ring.call_id = lost.call_id AND ring.stint = lost.ordinal) AS missed,
  again.arrived_at AS called_again_at
FROM asked_stints AS lost JOIN calls ON calls.call_id = lost.call_id
  JOIN queues ON queues.pbx = lost.pbx AND queues.queue = lost.queue
  LEFT JOIN contacts AS again ON again.previous_id = lost.call_id
WHERE lost.outcome = 'abandoned' AND lost.wait_s IS NOT NULL
ORDER BY lost.entered_at, lost.call_id, lost.ordinal
