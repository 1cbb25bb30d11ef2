-- One tenant's published file: copies of the lake's rows, sorted as they are read, and the marts over them as views.
-- What stands in braces is filled in by mart_tables.py: the tenant as a SQL string, the load, defaults of calls/settings.py;
-- these is true where a file is made whole, else which rows changed, and since is when the first of those begins.

CREATE TABLE mart.q15 AS
SELECT * EXCLUDE (tenant) FROM lake.q15 WHERE tenant = {tenant} AND {these} ORDER BY interval_start, pbx, queue;

CREATE TABLE mart.calls AS
SELECT call_id, pbx, direction, from_number, from_name, to_number, status, certainty, merged_into, started_at, answered_at,
  ended_at, hangup_cause, outcome, agent_id, duration, disposition, notes
FROM lake.call_sessions WHERE tenant = {tenant} AND {these} ORDER BY started_at, call_id;

CREATE TABLE mart.stints AS
SELECT call_id, ordinal, pbx, queue, uniqueid, entered_at, left_at, position, outcome, wait_s, agent
FROM lake.stints WHERE tenant = {tenant} AND {these} ORDER BY entered_at, call_id, ordinal;

-- With queue, agent and disposition beside each leg: whoever sums millions of them need not look these up.
CREATE TABLE mart.legs AS
WITH named AS (
  SELECT legs.*, stints.queue, coalesce(agents.agent_id, legs.interface) AS agent_id, calls.disposition AS filed_as
  FROM (FROM lake.legs WHERE tenant = {tenant} AND {these}) AS legs
    LEFT JOIN (SELECT call_id, disposition FROM mart.calls WHERE disposition IS NOT NULL AND started_at >= {since}) AS calls
      USING (call_id)
    LEFT JOIN (FROM mart.stints WHERE entered_at >= {since}) AS stints ON stints.call_id = legs.call_id AND stints.ordinal = legs.stint
    LEFT JOIN lake.agents AS agents ON agents.pbx = legs.pbx AND agents.interface = legs.interface
), several AS (
  SELECT call_id, agent_id FROM named
  WHERE talk_s IS NOT NULL AND call_id IN (SELECT call_id FROM lake.legs WHERE tenant = {tenant} AND ordinal > 0 AND {these})
  GROUP BY call_id, agent_id
  HAVING count(DISTINCT time_bucket(INTERVAL 15 MINUTE, answered_at)) > 1
)
SELECT call_id, ordinal, pbx, stint, queue, agent_id, agent, interface, rang_at, answered_at, ended_at, talk_s, hold_s, holds,
  ended_by, transfer_kind, transfer_to, mos, mos_method, filed_as, (call_id, agent_id) IN (FROM several) AS is_again
FROM named ORDER BY answered_at, call_id, ordinal;

CREATE TABLE mart.missed_rings AS
SELECT call_id, ordinal, rings.pbx, stint, coalesce(agents.agent_id, rings.interface) AS agent_id, agent, rings.interface, rang_at, ring_s
FROM (FROM lake.missed_rings WHERE tenant = {tenant} AND {these}) AS rings
  LEFT JOIN lake.agents AS agents ON agents.pbx = rings.pbx AND agents.interface = rings.interface
ORDER BY rang_at, call_id, ordinal;

CREATE TABLE mart.presence_intervals AS
SELECT pbx, agent_id, state, reason, started_at, ended_at
FROM lake.presence_intervals WHERE tenant = {tenant} AND {these} ORDER BY started_at, pbx, agent_id;

CREATE TABLE mart.reconciliation AS
SELECT call_id, pbx, started_at, ended_at, verdict, agreed, explained, unexplained, rules, differences
FROM lake.reconciliations WHERE tenant = {tenant} AND {these} ORDER BY started_at, call_id;

-- The tenant's own queues, and those of others that its calls went through.
CREATE TABLE mart.queues AS
SELECT pbx, queue, coalesce(name, queue) AS name, coalesce(service_level_s, {service_level_s}) AS service_level_s,
  coalesce(short_abandon_s, {short_abandon_s}) AS short_abandon_s, coalesce(wrapup_s, {wrapup_s}) AS wrapup_s,
  coalesce(target, {target}) AS target
FROM (SELECT pbx, queue FROM lake.queues WHERE tenant = {tenant} UNION SELECT pbx, queue FROM mart.q15)
LEFT JOIN lake.queues USING (pbx, queue)
ORDER BY pbx, queue;

CREATE TABLE mart.agent15 AS
SELECT * EXCLUDE (tenant) FROM lake.agent15 WHERE tenant = {tenant} AND {these} ORDER BY interval_start, pbx, agent_id;

-- The tenant's own agents, and whoever else took its calls.
CREATE TABLE mart.agents AS
SELECT pbx, agent_id, coalesce(name, agent_id) AS name, interface, extension
FROM (SELECT pbx, agent_id FROM lake.agents WHERE tenant = {tenant} UNION SELECT pbx, agent_id FROM mart.agent15)
LEFT JOIN lake.agents USING (pbx, agent_id)
ORDER BY pbx, agent_id;

CREATE TABLE mart.recordings AS
SELECT call_id, ordinal, pbx, file, started_at, ended_at
FROM lake.recordings WHERE tenant = {tenant} AND {these} ORDER BY started_at, call_id, ordinal;

CREATE TABLE mart.corrections AS
SELECT call_id, version, corrected_at, cause, appeared, fields
FROM lake.corrections WHERE tenant = {tenant} AND {these} ORDER BY corrected_at, call_id, version;

-- Of the PBXs that the tenant is on: which calls a gap concerns, nobody knows.
CREATE TABLE mart.gaps AS
SELECT id, pbx, source, cause, started_at, ended_at FROM lake.gaps
WHERE pbx IN (SELECT pbx FROM mart.queues UNION SELECT pbx FROM mart.agents) ORDER BY started_at, id;

CREATE TABLE mart.wait_day AS
SELECT * EXCLUDE (tenant) FROM lake.wait_day WHERE tenant = {tenant} AND {these} ORDER BY day, pbx, queue, outcome, bin;

CREATE TABLE mart.wait_month AS
SELECT * EXCLUDE (tenant) FROM lake.wait_month WHERE tenant = {tenant} AND {these} ORDER BY month, pbx, queue, outcome, bin;

CREATE TABLE mart.wait_bins AS FROM wait_bin_rows;

CREATE TABLE mart.dim_interval AS
SELECT * FROM lake.dim_interval
WHERE date_trunc('month', interval_start) BETWEEN
  (SELECT date_trunc('month', min(interval_start)) FROM (SELECT interval_start FROM mart.q15 UNION ALL SELECT interval_start FROM mart.agent15))
  AND (SELECT max(interval_start) FROM (SELECT interval_start FROM mart.q15 UNION ALL SELECT interval_start FROM mart.agent15))
ORDER BY zone, interval_start;

-- The SQL form of calls/contacts.py.
CREATE TABLE mart.contacts AS
WITH my_stints AS (
  FROM mart.stints WHERE entered_at >= {since} AND {these}
), let_in AS (
  SELECT *, min(ordinal) FILTER (outcome = 'answered') OVER mine AS answered_in, max(ordinal) OVER mine AS last_in
  FROM my_stints WHERE coalesce(outcome NOT IN ('join_empty', 'full'), true)
  WINDOW mine AS (PARTITION BY call_id)
), waited AS (
  SELECT call_id, any_value(coalesce(answered_in, last_in)) AS until_in, min(ordinal) AS first_in, count(*) AS stints,
    count(*) FILTER (ordinal <= coalesce(answered_in, last_in) AND wait_s IS NULL) AS waiting,
    sum(wait_s) FILTER (ordinal <= coalesce(answered_in, last_in)) AS wait_s
  FROM let_in GROUP BY call_id
), talked AS (
  SELECT call_id, round(sum(talk_s), 3) AS talk_s, round(sum(hold_s) FILTER (ended_at IS NOT NULL), 3) AS hold_s
  FROM mart.legs WHERE answered_at >= {since} AND {these} GROUP BY call_id
), told AS (
  SELECT calls.call_id, calls.pbx, entry.queue, calls.from_number AS number, entry.entered_at AS arrived_at,
    CASE WHEN waited.call_id IS NULL THEN 'refused' WHEN last.outcome IN ('answered', 'abandoned') THEN last.outcome
      WHEN last.outcome IS NOT NULL THEN 'other' END AS outcome,
    coalesce(waited.stints, 0) AS stints,
    CASE WHEN waiting = 0 THEN round(waited.wait_s, 3) END AS wait_s,
    CASE WHEN waiting = 0 THEN greatest(0, epoch_ms(last.left_at) - epoch_ms(first.entered_at)) / 1000 END AS wall_wait_s,
    coalesce(talked.talk_s, 0) AS talk_s, coalesce(talked.hold_s, 0) AS hold_s
  FROM (FROM mart.calls WHERE started_at >= {since} AND {these}) AS calls
    JOIN my_stints AS entry ON entry.call_id = calls.call_id AND entry.ordinal = 0
    LEFT JOIN waited ON waited.call_id = calls.call_id
    LEFT JOIN my_stints AS first ON first.call_id = calls.call_id AND first.ordinal = waited.first_in
    LEFT JOIN my_stints AS last ON last.call_id = calls.call_id AND last.ordinal = waited.until_in
    LEFT JOIN talked ON talked.call_id = calls.call_id
  WHERE calls.merged_into IS NULL
)
SELECT *,
  CASE WHEN number IS NOT NULL THEN lag(arrived_at) OVER same_number END AS previous_at,
  CASE WHEN number IS NOT NULL THEN lag(call_id) OVER same_number END AS previous_id
FROM told
WINDOW same_number AS (PARTITION BY number ORDER BY arrived_at, call_id)
ORDER BY arrived_at, call_id;

CREATE TABLE mart.metrics AS FROM metric_rows;

CREATE TABLE mart.published AS SELECT {load_id}::BIGINT AS load_id, {watermark}::TIMESTAMPTZ AS watermark;
