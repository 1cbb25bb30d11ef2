-- Phones in browsers: who has one, what Asterisk is told of them, which page is there, and how calls sounded.
-- Asterisk reads three views and nothing else, each time a phone registers or is rung: a phone is there as soon as its row is.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'trunkline_asterisk') THEN
    CREATE ROLE trunkline_asterisk LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
END $$;
-- A query of Asterisk's waits for nothing and writes nothing.
ALTER ROLE trunkline_asterisk SET default_transaction_read_only = on;
ALTER ROLE trunkline_asterisk SET statement_timeout = '2s';

-- This place is a page in a browser. Its SIP user is what follows PJSIP/ in the interface.
ALTER TABLE extensions ADD COLUMN is_web boolean NOT NULL DEFAULT false;
ALTER TABLE extensions ADD CONSTRAINT web_phones_are_pjsip CHECK (NOT is_web OR interface ~ '^PJSIP/[A-Za-z0-9_.-]{1,40}$');

-- The page that an agent has open, one for each place. `secret` is what its phone registers with: made anew for each page, of use as
-- long as the sign-in holds. `socket` and `owner`: the SIP socket that is open, and the API's process that has it.
CREATE TABLE phone_sessions (
  pbx text NOT NULL,
  interface text NOT NULL,
  tenant_id text NOT NULL,
  user_id uuid NOT NULL,
  sign_in uuid NOT NULL,
  page_id text NOT NULL CHECK (length(page_id) BETWEEN 16 AND 64),
  secret text NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  owner uuid,
  socket uuid,
  -- The page for which calls of an earlier one were fetched back.
  fetched_for text,
  PRIMARY KEY (pbx, interface),
  FOREIGN KEY (pbx, interface) REFERENCES extensions (pbx, interface) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX phone_sessions_user ON phone_sessions (user_id);

-- What Asterisk reads. Each PBX says its name when it connects (res_pgsql.conf, dbappname). The names of the columns are Asterisk's.
-- A caller id may not hold what ends or splits one.
CREATE VIEW ps_endpoints AS
  SELECT substr(e.interface, 7) AS id, substr(e.interface, 7) AS aors, substr(e.interface, 7) AS auth,
    'pbx-internal' AS context, 'all' AS disallow, 'opus,ulaw,alaw' AS allow, 'yes' AS webrtc, 'no' AS direct_media,
    'yes' AS rtp_symmetric, 'rfc4733' AS dtmf_mode, 'yes' AS send_pai, 'en' AS language, '30' AS rtp_timeout,
    '300' AS rtp_timeout_hold, ''::text AS mailboxes,
    '"' || regexp_replace(u.name, '["<>\\;|,\x01-\x1f\x7f]', '', 'g') || '" <' || e.extension || '>' AS callerid
  FROM extensions e JOIN users u ON u.id = e.user_id JOIN tenants t ON t.id = e.tenant_id
  WHERE e.is_web AND u.is_active AND t.is_active AND e.pbx = current_setting('application_name');
-- Without a page the secret is another one each time it is looked at: nobody can know it.
CREATE VIEW ps_auths AS
  SELECT substr(e.interface, 7) AS id, 'userpass' AS auth_type, substr(e.interface, 7) AS username,
    coalesce((SELECT s.secret FROM phone_sessions s JOIN sign_ins i ON i.id = s.sign_in AND i.user_id = s.user_id
      WHERE s.pbx = e.pbx AND s.interface = e.interface AND s.user_id = e.user_id AND i.revoked_at IS NULL AND i.expires_at > now()),
      gen_random_uuid()::text) AS password
  FROM extensions e WHERE e.is_web AND e.pbx = current_setting('application_name');
-- The newest registration wins, as when a page is loaded again.
CREATE VIEW ps_aors AS
  SELECT substr(e.interface, 7) AS id, '1' AS max_contacts, 'yes' AS remove_existing, ''::text AS contact, ''::text AS mailboxes
  FROM extensions e WHERE e.is_web AND e.pbx = current_setting('application_name');
GRANT SELECT ON ps_endpoints, ps_auths, ps_aors TO trunkline_asterisk;

-- How a leg sounded, as the page itself measured it; the last word on it counts.
CREATE TABLE phone_quality (
  call_id text NOT NULL,
  interface text NOT NULL,
  leg integer NOT NULL,
  tenant_id text NOT NULL,
  mos double precision NOT NULL CHECK (mos BETWEEN 1 AND 5),
  loss_ratio double precision NOT NULL CHECK (loss_ratio BETWEEN 0 AND 1),
  jitter_ms double precision NOT NULL CHECK (jitter_ms >= 0),
  rtt_ms double precision CHECK (rtt_ms >= 0),
  method text NOT NULL,
  measured_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (call_id, interface, leg)
);

-- Numbers that an agent may dial or transfer to from the page, for a moment: the rules on numbers were asked.
CREATE TABLE phone_leaves (
  tenant_id text NOT NULL,
  user_id uuid NOT NULL,
  pbx text NOT NULL,
  exten text NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, pbx, exten),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

-- Why agents pause, in the order in which it is offered. A tenant without a row has the API's own list.
CREATE TABLE pause_reasons (
  tenant_id text PRIMARY KEY REFERENCES tenants (id),
  reasons text[] NOT NULL CHECK (cardinality(reasons) <= 30)
);

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['phone_sessions', 'phone_quality', 'phone_leaves', 'pause_reasons'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY tenant_only ON %I FOR ALL TO trunkline_api USING (tenant_id = current_tenant())'
      ' WITH CHECK (tenant_id = current_tenant())', guarded);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO trunkline_api', guarded);
  END LOOP;
END $$;

-- Whether an API process is there, by its word of the last seconds.
CREATE FUNCTION owner_is_there(the_owner uuid) RETURNS boolean STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM command_owners WHERE id = the_owner AND seen_at > now() - interval '10 seconds')
$$;

-- The page that is there at an interface; null where none is. Only of the tenant that the transaction sees.
CREATE FUNCTION live_page(the_pbx text, the_interface text) RETURNS text STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT s.page_id FROM phone_sessions s WHERE s.pbx = the_pbx AND s.interface = the_interface AND s.tenant_id = current_tenant()
    AND s.socket IS NOT NULL AND owner_is_there(s.owner)
$$;

-- One process at a time watches over the calls of a PBX's pages; another takes over when it is silent.
CREATE UNLOGGED TABLE phone_guards (
  pbx text PRIMARY KEY,
  owner uuid NOT NULL,
  until timestamptz NOT NULL
);
CREATE FUNCTION take_guard(the_pbx text, the_owner uuid, for_s double precision) RETURNS boolean SECURITY DEFINER
SET search_path = public LANGUAGE sql AS $$
  INSERT INTO phone_guards AS g (pbx, owner, until) VALUES (the_pbx, the_owner, clock_timestamp() + make_interval(secs => for_s))
    ON CONFLICT (pbx) DO UPDATE SET owner = excluded.owner, until = excluded.until
      WHERE g.owner = excluded.owner OR g.until < clock_timestamp();
  SELECT owner = the_owner FROM phone_guards WHERE pbx = the_pbx
$$;

-- The pages of a PBX, of all tenants, for who watches over them.
CREATE FUNCTION watched_phones(the_pbx text) RETURNS TABLE (tenant_id text, user_id uuid, interface text, page_id text, is_there boolean)
STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT s.tenant_id, s.user_id, s.interface, s.page_id, s.socket IS NOT NULL AND owner_is_there(s.owner)
  FROM phone_sessions s WHERE s.pbx = the_pbx
$$;

-- To the API's processes that have sockets of a page's user, and back: only what one of them would tell another.
CREATE FUNCTION tell_phones(told text) RETURNS void SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT pg_notify('trunkline_phones', told)
$$;

DO $$
DECLARE told text;
BEGIN
  FOREACH told IN ARRAY ARRAY['live_page(text, text)', 'take_guard(text, uuid, double precision)', 'watched_phones(text)',
      'tell_phones(text)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', told);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trunkline_api', told);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION owner_is_there(uuid) FROM PUBLIC;
