-- Whole calls, however many queues they went through; by the queue that each entered first. Contact figures, never stint figures.
-- Grain: interval_start, pbx, queue
-- Options: queue, interval, window
-- Column interval_start: Start of the interval of arrival; of the whole range if none was asked for
-- Column pbx: The PBX
-- Column queue: The queue that was entered first
-- Column name: Its name for people
-- Column window_days: The window of fcr: a number that had called within so many days before called again
-- Shown: interval_start, pbx, queue, contacts, contacts_answered, contacts_abandoned, queues_per_contact, contact_wait, contact_duration, fcr
-- Check: contacts >= contacts_answered + contacts_abandoned + contacts_other
-- Check: fcr IS NULL OR fcr BETWEEN 0 AND 1
-- Check: contact_wall_wait IS NULL OR contact_wait IS NOT NULL
SELECT interval_start, pbx, queue, name, any_value(window_days) AS window_days,
  {contact_metrics}
FROM contact_cells
GROUP BY interval_start, pbx, queue, name
ORDER BY interval_start, pbx, queue
