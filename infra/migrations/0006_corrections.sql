-- What the PBX's files put right of a call that was not heard whole, when they made it final: for each field by its path in the call's JSON
-- form the old and the new value. A call that AMI had not told of at all has `appeared`. `version` is the call's after it.
CREATE TABLE corrections (
  call_id text NOT NULL REFERENCES call_sessions (call_id) ON DELETE CASCADE,
  version bigint NOT NULL,
  at timestamptz NOT NULL,
  cause text NOT NULL,
  appeared boolean NOT NULL,
  fields jsonb NOT NULL,
  PRIMARY KEY (call_id, version)
);
CREATE INDEX corrections_at ON corrections (at);

ALTER TABLE corrections ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON corrections FOR SELECT TO trunkline_api
  USING (EXISTS (SELECT FROM call_sessions AS call WHERE call.call_id = corrections.call_id AND call.tenant_id = current_tenant()));
CREATE POLICY everything ON corrections FOR ALL TO trunkline_streams USING (true) WITH CHECK (true);
CREATE POLICY reading ON corrections FOR SELECT TO trunkline_warehouse USING (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON corrections TO trunkline_streams;
GRANT SELECT ON corrections TO trunkline_api, trunkline_warehouse;

-- Calls that wait for the files: few, and asked for each time that somebody looks.
CREATE INDEX call_sessions_provisional ON call_sessions (pbx, ended_at) WHERE certainty = 'provisional';
