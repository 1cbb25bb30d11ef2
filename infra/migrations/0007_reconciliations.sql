-- A ledger a call: what AMI, queue_log, CEL and CDR each say of it, fact by fact (`trunkline reconcile`). `verdict` is the worst of its
-- facts, the counts are of facts, `differences` are those of them that do not agree. `version` is that of the call that was compared, 0 for one that only a file knows.
CREATE TABLE reconciliations (
  call_id text PRIMARY KEY,
  tenant_id text NOT NULL,
  pbx text NOT NULL,
  version bigint NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  verdict text NOT NULL CHECK (verdict IN ('agree', 'explained', 'unexplained')),
  agreed integer NOT NULL,
  explained integer NOT NULL,
  unexplained integer NOT NULL,
  rules text[] NOT NULL,
  facts jsonb NOT NULL,
  differences jsonb NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX reconciliations_changed_at ON reconciliations (changed_at);

ALTER TABLE reconciliations ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON reconciliations FOR SELECT TO trunkline_api USING (tenant_id = current_tenant());
CREATE POLICY everything ON reconciliations FOR ALL TO trunkline_warehouse USING (true) WITH CHECK (true);

GRANT SELECT ON reconciliations TO trunkline_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON reconciliations TO trunkline_warehouse;
