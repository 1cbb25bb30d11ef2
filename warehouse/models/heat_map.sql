-- When callers come: weekday by hour of local time, and what became of them; per hour, as the days on which clocks change differ.
-- Grain: zone, weekday, hour
-- Options: queue, variant
-- Column zone: Whose weekdays and hours
-- Column weekday: 1 for Monday to 7 for Sunday
-- Column hour: 0 to 23
-- Column hours: How many such hours the range has; one that comes twice is two
-- Column offered_per_hour: Mean number of callers who entered in such an hour
-- Shown: weekday, hour, hours, offered, offered_per_hour, answered, abandoned, service_level, abandon_rate, asa, aht
-- Check: weekday BETWEEN 1 AND 7 AND hour BETWEEN 0 AND 23
-- Check: hours > 0
WITH counted AS (
  SELECT zone, weekday, hour, {queue_metrics} FROM local_cells GROUP BY zone, weekday, hour
)
SELECT zone, weekday, hour, hours, offered / hours AS offered_per_hour, counted.* EXCLUDE (zone, weekday, hour)
FROM counted JOIN local_hours USING (zone, weekday, hour)
ORDER BY zone, weekday, hour
