-- How long callers waited: how many in each bin, answered, abandoned or other, from bins that grow by four per cent.
-- Grain: since, pbx, queue, bin
-- Options: queue
-- Column since: Start of the range; in SQL, of the month (UTC) of arrival
-- Column pbx: The PBX
-- Column queue: The queue's id
-- Column name: The queue's name for people
-- Column bin: The bin's number: see wait_bins
-- Column above_s: Waits longer than that
-- Column up_to_s: And up to that, inclusive
-- Column answered: How many of them were answered
-- Column abandoned: How many hung up
-- Column flow_out: How many left otherwise
-- Column share: All of them up to this bin, of all of the queue, 0 to 1
-- Check: answered + abandoned + flow_out > 0
-- Check: share > 0 AND share <= 1
WITH counted AS (
  SELECT since, pbx, queue, name, bin, coalesce(sum(n) FILTER (outcome = 'answered'), 0)::BIGINT AS answered,
    coalesce(sum(n) FILTER (outcome = 'abandoned'), 0)::BIGINT AS abandoned,
    coalesce(sum(n) FILTER (outcome = 'flow_out'), 0)::BIGINT AS flow_out, sum(n) AS n
  FROM asked_waits GROUP BY since, pbx, queue, name, bin
)
SELECT since, pbx, queue, name, bin, greatest(above_s, 0) AS above_s, up_to_s, answered, abandoned, flow_out,
  (sum(n) OVER (PARTITION BY since, pbx, queue ORDER BY bin) / sum(n) OVER (PARTITION BY since, pbx, queue))::DOUBLE AS share
FROM counted JOIN wait_bins USING (bin)
ORDER BY since, pbx, queue, bin
