-- When the wallboard is no longer calm about a queue, as its tenant's managers say: amber past the first limit, red past the second.
-- Null: the product's own. Waits in seconds, waiting in callers, level a ratio; that below its target is amber is the queue's setting.
CREATE TABLE queue_limits (
  tenant_id text NOT NULL REFERENCES tenants (id),
  pbx text NOT NULL,
  queue_id text NOT NULL,
  wait_amber_s double precision CHECK (wait_amber_s BETWEEN 0 AND 86400),
  wait_red_s double precision CHECK (wait_red_s BETWEEN 0 AND 86400),
  waiting_amber integer CHECK (waiting_amber BETWEEN 0 AND 100000),
  waiting_red integer CHECK (waiting_red BETWEEN 0 AND 100000),
  level_red double precision CHECK (level_red BETWEEN 0 AND 1),
  PRIMARY KEY (tenant_id, pbx, queue_id)
);
ALTER TABLE queue_limits ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON queue_limits FOR ALL TO trunkline_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON queue_limits TO trunkline_api;
