-- Alerts: until when each rule was watched, so that who watches next knows what it has to look back for, and what was found so.
ALTER TABLE alert_rules ADD COLUMN watched_until bigint;
-- When a firing was found of a time in which nobody watched; null: as it fired.
ALTER TABLE alerts_fired ADD COLUMN found_at bigint;

DROP FUNCTION watched_alerts();
-- The rules of all tenants that are to be watched, with what they remember, until when, and the firing that is not over.
CREATE FUNCTION watched_alerts() RETURNS TABLE (id uuid, tenant_id text, rule jsonb, edition bigint, since_at bigint, last_at bigint,
    watched_until bigint, raised_at bigint, value double precision)
STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT r.id, r.tenant_id, r.rule, r.edition, r.since_at, r.last_at, r.watched_until, f.raised_at, f.value
  FROM alert_rules r JOIN tenants t ON t.id = r.tenant_id
  LEFT JOIN alerts_fired f ON f.rule_id = r.id AND f.cleared_at IS NULL
  WHERE r.is_active ORDER BY r.id
$$;

-- All rules were watched until then, ms since the epoch; what they remember has not changed.
CREATE FUNCTION alerts_watched(at bigint) RETURNS void SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  UPDATE alert_rules SET watched_until = greatest(watched_until, at) WHERE is_active
$$;

DROP FUNCTION take_alert_deliveries(integer);
-- Takes what is due for somebody who sends it now: nobody else is given it within the next minutes.
CREATE FUNCTION take_alert_deliveries(most integer) RETURNS TABLE (id uuid, tenant_id text, rule_id uuid, event text, kind text,
    target text, tries integer, secret text, rule jsonb, raised_at bigint, value double precision, cleared_at bigint, found_at bigint)
SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  WITH due AS (
    SELECT d.id FROM alert_deliveries d WHERE d.status = 'waiting' AND d.due_at <= now() ORDER BY d.due_at LIMIT most
    FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE alert_deliveries d SET tries = d.tries + 1, due_at = now() + interval '3 minutes' FROM due WHERE d.id = due.id RETURNING d.*
  )
  SELECT t.id, t.tenant_id, t.rule_id, t.event, t.kind, t.target, t.tries, coalesce(r.secret, ''), f.rule, f.raised_at, f.value,
    f.cleared_at, f.found_at
  FROM taken t JOIN alerts_fired f ON f.rule_id = t.rule_id AND f.raised_at = t.raised_at LEFT JOIN alert_rules r ON r.id = t.rule_id
$$;

DO $$
DECLARE told text;
BEGIN
  FOREACH told IN ARRAY ARRAY['watched_alerts()', 'take_alert_deliveries(integer)', 'alerts_watched(bigint)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', told);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trunkline_api', told);
  END LOOP;
END $$;
