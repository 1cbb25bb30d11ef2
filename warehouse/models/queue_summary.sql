-- Everything of each queue: counts, service levels, waits, handle time and its parts, by the interval rule asked for.
-- Grain: interval_start, pbx, queue
-- Options: queue, interval, variant, rule
-- Column interval_start: Start of the interval; of the whole range if none was asked for
-- Column pbx: The PBX
-- Column queue: The queue's id
-- Column name: The queue's name for people
-- Shown: interval_start, pbx, queue, offered, answered, abandoned, flow_out, missed, service_level, abandon_rate, asa, aht
-- Check: abandoned >= short_abandoned
-- Check: asa IS NULL OR asa >= 0
-- Check: abandon_rate IS NULL OR abandon_rate >= 0
SELECT interval_start, pbx, queue, name,
  {queue_metrics}
FROM cells
GROUP BY interval_start, pbx, queue, name
ORDER BY interval_start, pbx, queue
