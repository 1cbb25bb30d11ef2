-- What may be dialled to the outside, by whom and how often; who was refused; and who callers are.

-- A tenant's rules, the form of `Rules` in api/dialling/rules.py. What is not said is that form's default.
CREATE TABLE dial_policies (
  tenant_id text PRIMARY KEY REFERENCES tenants (id),
  rules jsonb NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- One row for each number that may be dialled now. `price` is a minute's, `minutes` as many as were reckoned with. `call_id` is the call
-- that came of it; `given_back_at`: it was never dialled. What does not count (`counts`) is held by no limit: emergencies.
CREATE TABLE dial_permits (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants (id),
  user_id uuid NOT NULL,
  number text NOT NULL,
  purpose text NOT NULL,
  price double precision NOT NULL,
  minutes double precision NOT NULL,
  counts boolean NOT NULL,
  call_id text,
  taken_at timestamptz NOT NULL,
  given_back_at timestamptz,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX dial_permits_tenant ON dial_permits (tenant_id, taken_at);
CREATE INDEX dial_permits_user ON dial_permits (user_id, taken_at);
CREATE INDEX dial_permits_call ON dial_permits (call_id) WHERE call_id IS NOT NULL;

-- Each number that was refused, so that somebody who tries can be seen.
CREATE TABLE dial_refusals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenants (id),
  user_id uuid NOT NULL,
  number text NOT NULL,
  purpose text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  refused_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dial_refusals_tenant ON dial_refusals (tenant_id, refused_at);

-- Seconds until fewer than `most` were taken within the span; null: there are fewer.
CREATE FUNCTION dial_wait(of_user uuid, most integer, span interval, moment timestamptz) RETURNS double precision
STABLE LANGUAGE sql AS $$
  SELECT extract(epoch FROM taken_at + span - moment) FROM dial_permits
  WHERE tenant_id = current_tenant() AND counts AND given_back_at IS NULL AND taken_at > moment - span
    AND (of_user IS NULL OR user_id = of_user)
  ORDER BY taken_at DESC OFFSET most - 1 LIMIT 1
$$;

-- How many calls to the outside there are at this moment. A permit counts until its call has ended; one of which no call came (yet) for
-- two minutes, the longest that a number is rung. Calls that telephones dialled by themselves count for the tenant.
CREATE FUNCTION dial_open(of_user uuid, moment timestamptz) RETURNS bigint STABLE LANGUAGE sql AS $$
  SELECT (SELECT count(*) FROM dial_permits p LEFT JOIN call_sessions c ON c.call_id = p.call_id
    WHERE p.tenant_id = current_tenant() AND p.counts AND p.given_back_at IS NULL AND p.taken_at > moment - interval '1 day'
      AND (of_user IS NULL OR p.user_id = of_user)
      AND (c.status <> 'ENDED' OR (c.call_id IS NULL AND p.taken_at > moment - interval '2 minutes')))
  + (SELECT count(*) FROM call_sessions c WHERE of_user IS NULL AND c.tenant_id = current_tenant() AND c.status <> 'ENDED'
      AND c.direction = 'outbound' AND c.started_at > moment - interval '1 day'
      AND NOT EXISTS (SELECT FROM dial_permits p WHERE p.call_id = c.call_id))
$$;

-- What the calls of the last hour cost: those that ended by the minutes that they took, the others by those reckoned with, or more.
CREATE FUNCTION dial_spent(moment timestamptz) RETURNS double precision STABLE LANGUAGE sql AS $$
  SELECT coalesce(sum(p.price * CASE WHEN c.status = 'ENDED' THEN ceil(coalesce(c.duration, 0) / 60)
      ELSE greatest(p.minutes, ceil(extract(epoch FROM moment - p.taken_at)::double precision / 60)) END), 0)
  FROM dial_permits p LEFT JOIN call_sessions c ON c.call_id = p.call_id
  WHERE p.tenant_id = current_tenant() AND p.counts AND p.given_back_at IS NULL AND p.taken_at > moment - interval '1 hour'
$$;

-- Takes one permit if no limit is in the way: its id. Else the limit that lasts longest, and the seconds until it may be tried again.
-- A tenant's permits are taken one after the other, so that however many ask at once, no limit is passed.
CREATE FUNCTION take_dial_permit(the_user uuid, the_number text, the_purpose text, the_price double precision,
  the_minutes double precision, agent_minute integer, agent_hour integer, agent_open integer, tenant_minute integer,
  tenant_hour integer, tenant_open integer, spend double precision)
RETURNS TABLE (permit uuid, hit text, wait double precision) LANGUAGE plpgsql AS $$
DECLARE moment timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trunkline.dial_permits'), hashtext(current_tenant()));
  moment := clock_timestamp();
  SELECT found.name, found.seconds INTO hit, wait FROM (VALUES
      ('agent_minute', dial_wait(the_user, agent_minute, interval '1 minute', moment)),
      ('agent_hour', dial_wait(the_user, agent_hour, interval '1 hour', moment)),
      ('tenant_minute', dial_wait(NULL, tenant_minute, interval '1 minute', moment)),
      ('tenant_hour', dial_wait(NULL, tenant_hour, interval '1 hour', moment)),
      -- When a call will end nobody knows.
      ('agent_open', CASE WHEN dial_open(the_user, moment) >= agent_open THEN 10 END),
      ('tenant_open', CASE WHEN dial_open(NULL, moment) >= tenant_open THEN 10 END),
      ('spend', CASE WHEN the_price > 0 AND dial_spent(moment) + the_price * the_minutes > spend THEN
        coalesce((SELECT extract(epoch FROM min(taken_at) + interval '1 hour' - moment)::double precision FROM dial_permits
          WHERE tenant_id = current_tenant() AND counts AND given_back_at IS NULL AND price > 0
            AND taken_at > moment - interval '1 hour'), 3600) END)
    ) AS found (name, seconds) WHERE found.seconds IS NOT NULL ORDER BY found.seconds DESC LIMIT 1;
  IF hit IS NULL THEN
    INSERT INTO dial_permits (tenant_id, user_id, number, purpose, price, minutes, counts, taken_at)
      VALUES (current_tenant(), the_user, the_number, the_purpose, the_price, the_minutes, true, moment) RETURNING id INTO permit;
  END IF;
  RETURN NEXT;
END $$;

-- Limits look an hour back, and calls last a day at most; refusals are looked at for longer.
CREATE FUNCTION forget_dialled() RETURNS void SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  DELETE FROM dial_permits WHERE taken_at < now() - interval '7 days';
  DELETE FROM dial_refusals WHERE refused_at < now() - interval '90 days';
$$;
REVOKE ALL ON FUNCTION forget_dialled() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_dialled() TO trunkline_api;

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['dial_policies', 'dial_permits', 'dial_refusals'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY tenant_only ON %I FOR ALL TO trunkline_api USING (tenant_id = current_tenant())'
      ' WITH CHECK (tenant_id = current_tenant())', guarded);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO trunkline_api', guarded);
  END LOOP;
END $$;
GRANT UPDATE ON dial_policies, dial_permits TO trunkline_api;

-- Numbers of contacts are E.164, so that a caller is found by what the carrier says of them.
ALTER TABLE contacts ADD COLUMN company text NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN email text NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN notes text NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
GRANT DELETE ON contacts TO trunkline_api;
-- A contact that is deleted leaves its calls.
ALTER TABLE call_sessions DROP CONSTRAINT call_sessions_contact_id_fkey;
ALTER TABLE call_sessions ADD CONSTRAINT call_sessions_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts (id)
  ON DELETE SET NULL;
CREATE INDEX call_sessions_contact ON call_sessions (contact_id) WHERE contact_id IS NOT NULL;
