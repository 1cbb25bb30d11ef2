-- Percentiles of the wait of each queue, from bins that grow by four per cent: off by two per cent at most; and the longest.
-- Grain: since, pbx, queue
-- Options: queue
-- Column since: Start of the range; in SQL, of the month (UTC) of arrival
-- Column pbx: The PBX
-- Column queue: The queue's id
-- Column name: The queue's name for people
-- Column left_queue: How many left the queue, answered or not
-- Check: wait_p50 <= wait_p90 AND wait_p90 <= wait_p99
-- Check: wait_p99 <= longest_s
WITH counted AS (
  SELECT since, pbx, queue, name, bin, sum(n) AS n, max(longest_s) AS longest_s FROM asked_waits
  GROUP BY since, pbx, queue, name, bin
), ranked AS (
  SELECT counted.*, value_s, sum(n) OVER (PARTITION BY since, pbx, queue ORDER BY bin) AS below,
    sum(n) OVER (PARTITION BY since, pbx, queue) AS total
  FROM counted JOIN wait_bins USING (bin)
)
SELECT since, pbx, queue, name, sum(n)::BIGINT AS left_queue,
  {wait_metrics}
FROM ranked
GROUP BY since, pbx, queue, name
ORDER BY since, pbx, queue
