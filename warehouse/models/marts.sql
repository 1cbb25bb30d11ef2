-- One tenant's published file: copies of the lake's rows, sorted as they are read, and the marts over them as views.
-- What stands in braces is filled in by publish.py: the tenant as a SQL string, the load, defaults of calls/settings.py.

CREATE TABLE mart.q15 AS
SELECT * EXCLUDE (tenant) FROM lake.q15 WHERE tenant = {tenant} ORDER BY interval_start, pbx, queue;

CREATE TABLE mart.calls AS
SELECT call_id, pbx, direction, from_number, from_name, to_number, status, certainty, merged_into, started_at, answered_at,
  ended_at, hangup_cause, outcome, agent_id, duration, disposition, notes
FROM lake.call_sessions WHERE tenant = {tenant} ORDER BY started_at, call_id;

CREATE TABLE mart.stints AS
SELECT call_id, ordinal, pbx, queue, uniqueid, entered_at, left_at, position, outcome, wait_s, agent
FROM lake.stints WHERE tenant = {tenant} ORDER BY entered_at, call_id, ordinal;

CREATE TABLE mart.legs AS
SELECT call_id, ordinal, pbx, stint, agent, interface, rang_at, answered_at, ended_at, talk_s, hold_s, holds, ended_by,
  transfer_kind, transfer_to, mos, mos_method
FROM lake.legs WHERE tenant = {tenant} ORDER BY answered_at, call_id, ordinal;

CREATE TABLE mart.missed_rings AS
SELECT call_id, ordinal, pbx, stint, agent, interface, rang_at, ring_s
FROM lake.missed_rings WHERE tenant = {tenant} ORDER BY rang_at, call_id, ordinal;

CREATE TABLE mart.presence_intervals AS
SELECT pbx, agent_id, state, reason, started_at, ended_at
FROM lake.presence_intervals WHERE tenant = {tenant} ORDER BY started_at, pbx, agent_id;

CREATE TABLE mart.reconciliation AS
SELECT call_id, pbx, started_at, ended_at, verdict, agreed, explained, unexplained, rules, differences
FROM lake.reconciliations WHERE tenant = {tenant} ORDER BY started_at, call_id;

-- The tenant's own queues, and those of others that its calls went through.
CREATE TABLE mart.queues AS
SELECT pbx, queue, coalesce(name, queue) AS name, coalesce(service_level_s, {service_level_s}) AS service_level_s,
  coalesce(short_abandon_s, {short_abandon_s}) AS short_abandon_s, coalesce(wrapup_s, {wrapup_s}) AS wrapup_s,
  coalesce(target, {target}) AS target
FROM (SELECT pbx, queue FROM lake.queues WHERE tenant = {tenant} UNION SELECT pbx, queue FROM mart.q15)
LEFT JOIN lake.queues USING (pbx, queue)
ORDER BY pbx, queue;

CREATE TABLE mart.metrics AS FROM metric_rows;

CREATE TABLE mart.published AS SELECT {load_id}::BIGINT AS load_id, {watermark}::TIMESTAMPTZ AS watermark;
