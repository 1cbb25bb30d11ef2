-- What made each call what it is: for each transaction that changed it, the events that did, with the fields that each proved.
-- A JSON array a row, because an event a row would be more rows than all others together. `version` is the call's after them.
CREATE TABLE call_timelines (
  call_id text NOT NULL REFERENCES call_sessions (call_id) ON DELETE CASCADE,
  version bigint NOT NULL,
  steps json NOT NULL,
  PRIMARY KEY (call_id, version)
);

ALTER TABLE call_timelines ENABLE ROW LEVEL SECURITY;
-- A call's tenant is known only once it comes to a queue or an agent: what was written before is the same tenant's.
CREATE POLICY tenant_only ON call_timelines FOR SELECT TO trunkline_api
  USING (EXISTS (SELECT FROM call_sessions AS call WHERE call.call_id = call_timelines.call_id AND call.tenant_id = current_tenant()));
CREATE POLICY everything ON call_timelines FOR ALL TO trunkline_streams USING (true) WITH CHECK (true);
CREATE POLICY reading ON call_timelines FOR SELECT TO trunkline_warehouse USING (true);

-- The same, an event a row, in the order of `version` and `place`. `proved` has the new value of each field by its path in the call's JSON form.
CREATE VIEW call_timeline WITH (security_invoker = true) AS
SELECT call_id, call.tenant_id, (step ->> 'version')::bigint AS version, place, (step ->> 'at')::timestamptz AS at, step ->> 'event' AS event,
  step ->> 'source' AS source, step ->> 'ingester' AS ingester, (step ->> 'epoch')::bigint AS epoch,
  (step ->> 'seq')::bigint AS seq, step -> 'proved' AS proved
FROM call_timelines JOIN call_sessions AS call USING (call_id), json_array_elements(steps) WITH ORDINALITY AS it (step, place);

GRANT SELECT, INSERT, UPDATE, DELETE ON call_timelines TO trunkline_streams;
GRANT SELECT ON call_timelines, call_timeline TO trunkline_api, trunkline_warehouse, trunkline_streams;
