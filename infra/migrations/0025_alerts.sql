-- Alerts: rules on live metrics, when they fired, and what became of telling whoever is to know. Instants that a rule works out, and
-- finds again after a restart, are ms since the epoch: they are part of a firing's name.
CREATE TABLE alert_rules (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants (id),
  rule jsonb NOT NULL,
  is_active boolean NOT NULL,
  webhook text NOT NULL,
  -- What is sent to the webhook is signed with it. Told once, when it is made; empty without a webhook.
  secret text NOT NULL,
  mail text[] NOT NULL,
  -- What the rule remembers: since when there is trouble, and when it fired last.
  since_at bigint,
  last_at bigint,
  -- Counts changes: whoever watches begins anew with each.
  edition bigint NOT NULL DEFAULT 1
);
CREATE INDEX alert_rules_of ON alert_rules (tenant_id);

-- Without a reference to the rule: what fired stays when the rule is removed, with the rule as it was.
CREATE TABLE alerts_fired (
  rule_id uuid NOT NULL,
  raised_at bigint NOT NULL,
  tenant_id text NOT NULL REFERENCES tenants (id),
  rule jsonb NOT NULL,
  value double precision NOT NULL,
  cleared_at bigint,
  PRIMARY KEY (rule_id, raised_at)
);
CREATE INDEX alerts_fired_of ON alerts_fired (tenant_id, raised_at);
CREATE UNIQUE INDEX alerts_fired_one_open ON alerts_fired (rule_id) WHERE cleared_at IS NULL;

CREATE TABLE alert_deliveries (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants (id),
  rule_id uuid NOT NULL,
  raised_at bigint NOT NULL,
  event text NOT NULL CHECK (event IN ('raised', 'cleared')),
  kind text NOT NULL CHECK (kind IN ('webhook', 'mail')),
  target text NOT NULL,
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sent', 'failed')),
  tries integer NOT NULL DEFAULT 0,
  detail text NOT NULL DEFAULT '',
  due_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  UNIQUE (rule_id, raised_at, event, kind, target),
  FOREIGN KEY (rule_id, raised_at) REFERENCES alerts_fired ON DELETE CASCADE
);
CREATE INDEX alert_deliveries_due ON alert_deliveries (due_at) WHERE status = 'waiting';

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['alert_rules', 'alerts_fired', 'alert_deliveries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant_only ON %I FOR ALL TO trunkline_api USING (tenant_id = current_tenant())
      WITH CHECK (tenant_id = current_tenant())', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO trunkline_api', name);
  END LOOP;
END $$;

-- Whatever way something fires or is over, in the same transaction those who are to be told are written down, and every API process hears.
CREATE FUNCTION tell_of_alert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE told text := CASE WHEN NEW.cleared_at IS NULL THEN 'raised' ELSE 'cleared' END;
BEGIN
  INSERT INTO alert_deliveries (tenant_id, rule_id, raised_at, event, kind, target)
  SELECT r.tenant_id, r.id, NEW.raised_at, told, to_whom.kind, to_whom.target
  FROM alert_rules r, LATERAL (
    SELECT 'webhook' AS kind, r.webhook AS target WHERE r.webhook <> '' UNION SELECT 'mail', unnest(r.mail)
  ) to_whom
  WHERE r.id = NEW.rule_id
  ON CONFLICT DO NOTHING;
  PERFORM pg_notify('trunkline_alerts', json_build_object('tenant', NEW.tenant_id, 'id', NEW.rule_id, 'raised_at', NEW.raised_at)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER tell_of_raised AFTER INSERT ON alerts_fired FOR EACH ROW EXECUTE FUNCTION tell_of_alert();
CREATE TRIGGER tell_of_cleared AFTER UPDATE OF cleared_at ON alerts_fired FOR EACH ROW
  WHEN (OLD.cleared_at IS NULL AND NEW.cleared_at IS NOT NULL) EXECUTE FUNCTION tell_of_alert();

-- The rules of all tenants that are to be watched, with what they remember and the firing that is not over.
CREATE FUNCTION watched_alerts() RETURNS TABLE (id uuid, tenant_id text, rule jsonb, edition bigint, since_at bigint, last_at bigint,
    raised_at bigint, value double precision)
STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT r.id, r.tenant_id, r.rule, r.edition, r.since_at, r.last_at, f.raised_at, f.value
  FROM alert_rules r JOIN tenants t ON t.id = r.tenant_id
  LEFT JOIN alerts_fired f ON f.rule_id = r.id AND f.cleared_at IS NULL
  WHERE r.is_active ORDER BY r.id
$$;

-- Takes what is due for somebody who sends it now: nobody else is given it within the next minutes.
CREATE FUNCTION take_alert_deliveries(most integer) RETURNS TABLE (id uuid, tenant_id text, rule_id uuid, event text, kind text,
    target text, tries integer, secret text, rule jsonb, raised_at bigint, value double precision, cleared_at bigint)
SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  WITH due AS (
    SELECT d.id FROM alert_deliveries d WHERE d.status = 'waiting' AND d.due_at <= now() ORDER BY d.due_at LIMIT most
    FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE alert_deliveries d SET tries = d.tries + 1, due_at = now() + interval '3 minutes' FROM due WHERE d.id = due.id RETURNING d.*
  )
  SELECT t.id, t.tenant_id, t.rule_id, t.event, t.kind, t.target, t.tries, coalesce(r.secret, ''), f.rule, f.raised_at, f.value,
    f.cleared_at
  FROM taken t JOIN alerts_fired f ON f.rule_id = t.rule_id AND f.raised_at = t.raised_at LEFT JOIN alert_rules r ON r.id = t.rule_id
$$;

-- What fired so long ago is of no use any more.
CREATE FUNCTION forget_alerts(keep interval) RETURNS void SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  DELETE FROM alerts_fired WHERE raised_at < extract(epoch FROM now() - keep) * 1000 AND cleared_at IS NOT NULL
$$;

DO $$
DECLARE told text;
BEGIN
  FOREACH told IN ARRAY ARRAY['watched_alerts()', 'take_alert_deliveries(integer)', 'forget_alerts(interval)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', told);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trunkline_api', told);
  END LOOP;
END $$;
