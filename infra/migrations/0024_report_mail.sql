-- Reports that go out by e-mail, and what became of each. Who asked for one answers for what is in it: a schedule sees what its owner
-- may see, at the moment of sending.
CREATE TABLE report_schedules (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants (id),
  user_id uuid NOT NULL,
  page text NOT NULL,
  -- The query of the page's address; a range that moves with the calendar is that of the day on which it is due.
  query text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('csv', 'xlsx', 'pdf')),
  recipients text[] NOT NULL,
  every text NOT NULL CHECK (every IN ('day', 'week', 'month')),
  -- 1 is Monday.
  days integer[] NOT NULL,
  day_of_month integer NOT NULL CHECK (day_of_month BETWEEN 1 AND 31),
  at_time time NOT NULL,
  time_zone text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  -- Why it was stopped, where nobody did.
  paused_because text NOT NULL DEFAULT '',
  next_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX report_schedules_due ON report_schedules (next_at) WHERE is_active;
CREATE INDEX report_schedules_tenant ON report_schedules (tenant_id, created_at);

-- One time that a schedule was due, or somebody wanted it at once. `accepted` may be taken by any process from `look_at` on; `sending` is
-- written before the first byte, and nobody begins again: where the process is gone by `look_at`, the outcome is unknown.
CREATE TABLE report_sendings (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL,
  schedule_id uuid NOT NULL,
  due_at timestamptz NOT NULL,
  asked_by uuid,
  status text NOT NULL CHECK (status IN ('accepted', 'sending', 'sent', 'failed', 'unknown', 'skipped')),
  detail text NOT NULL DEFAULT '',
  file text NOT NULL DEFAULT '',
  -- Who is still to have it, who has it, and whom the mail server refused, with its words.
  waiting text[] NOT NULL,
  taken text[] NOT NULL DEFAULT '{}',
  refused jsonb NOT NULL DEFAULT '{}',
  tries integer NOT NULL DEFAULT 0,
  look_at timestamptz NOT NULL,
  settled_at timestamptz,
  FOREIGN KEY (tenant_id, schedule_id) REFERENCES report_schedules (tenant_id, id) ON DELETE CASCADE
);
-- What was due at a moment is sent once, however many processes see it.
CREATE UNIQUE INDEX report_sendings_once ON report_sendings (schedule_id, due_at) WHERE asked_by IS NULL;
CREATE INDEX report_sendings_schedule ON report_sendings (schedule_id, due_at);
CREATE INDEX report_sendings_open ON report_sendings (look_at) WHERE status IN ('accepted', 'sending');

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['report_schedules', 'report_sendings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY tenant_only ON %I FOR ALL TO trunkline_api USING (tenant_id = current_tenant())'
      ' WITH CHECK (tenant_id = current_tenant())', guarded);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO trunkline_api', guarded);
  END LOOP;
END $$;

-- What is to be done about all tenants' reports, for whoever is there to do it: schedules that are `due`, sendings that are `waiting`,
-- and those that are `forsaken`.
CREATE FUNCTION report_work(moment timestamptz, at_most integer) RETURNS TABLE (what text, id uuid, tenant_id text)
STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  (SELECT 'due', s.id, s.tenant_id FROM report_schedules s JOIN tenants t ON t.id = s.tenant_id
    WHERE s.is_active AND t.is_active AND s.next_at <= moment ORDER BY s.next_at LIMIT at_most)
  UNION ALL
  (SELECT CASE status WHEN 'accepted' THEN 'waiting' ELSE 'forsaken' END, id, tenant_id FROM report_sendings
    WHERE status IN ('accepted', 'sending') AND look_at <= moment ORDER BY look_at LIMIT at_most)
$$;

-- What became of reports is told for a year and a month.
CREATE FUNCTION forget_report_sendings() RETURNS void SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  DELETE FROM report_sendings WHERE settled_at < now() - interval '400 days'
$$;

DO $$
DECLARE told text;
BEGIN
  FOREACH told IN ARRAY ARRAY['report_work(timestamptz, integer)', 'forget_report_sendings()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', told);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trunkline_api', told);
  END LOOP;
END $$;
