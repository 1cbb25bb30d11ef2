-- Service level and its neighbours by queue and interval of arrival; ratios are null where nothing counted.
-- Grain: interval_start, pbx, queue
-- Column interval_start: Start of the interval
-- Column pbx: The PBX
-- Column queue: The queue's id
-- Column name: The queue's name for people
-- Check: offered >= answered + abandoned + flow_out
-- Check: service_level IS NULL OR service_level BETWEEN 0 AND 1
SELECT interval_start, pbx, queue, name,
  {queue_metrics}
FROM cells
GROUP BY interval_start, pbx, queue, name
