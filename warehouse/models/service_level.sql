-- The mart of the service level. Grain: a queue of a PBX and a quarter of an hour (UTC) in which anybody arrived.
-- The columns in braces are the formulas of calls/metrics.py.
CREATE VIEW mart.service_level AS
SELECT interval_start, pbx, queue, name,
  {metrics}
FROM q15 JOIN queues USING (pbx, queue)
GROUP BY interval_start, pbx, queue, name;
