-- Who may do what, whose it is, and what was changed by whom: sign-ins, the administration's settings, the audit log.
-- The role of the API has no way around row-level security; what must be known before a tenant is, is told by functions of the owner.

-- An operator answers for the whole installation: makes tenants, and may act in each. The first user is one.
ALTER TABLE users ADD COLUMN is_operator boolean NOT NULL DEFAULT false;
UPDATE users SET is_operator = true WHERE id = (SELECT id FROM users WHERE tenant_id = 'default' AND role = 'administrator'
  ORDER BY created_at, id LIMIT 1);
ALTER TABLE users ADD CONSTRAINT operators_administer CHECK (NOT is_operator OR role = 'administrator');
-- So that what refers to a user cannot belong to another tenant than the user.
ALTER TABLE users ADD CONSTRAINT users_of_tenant UNIQUE (tenant_id, id);
ALTER TABLE tenants ADD COLUMN is_active boolean NOT NULL DEFAULT true;
ALTER TABLE dispositions ADD COLUMN is_active boolean NOT NULL DEFAULT true;

CREATE OR REPLACE FUNCTION create_first_user(the_username text, the_hash text) RETURNS boolean
SECURITY DEFINER SET search_path = public LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trunkline.first_user'));
  IF EXISTS (SELECT FROM users) THEN RETURN false; END IF;
  INSERT INTO users (tenant_id, username, name, password_hash, role, is_operator)
    VALUES ('default', the_username, 'Administrator', the_hash, 'administrator', true);
  RETURN true;
END $$;

-- A user of a tenant that was closed is nobody.
CREATE OR REPLACE FUNCTION find_user(wanted text) RETURNS TABLE (id uuid, tenant_id text, username text, name text, password_hash text,
  role text, is_active boolean) STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT u.id, u.tenant_id, u.username, u.name, u.password_hash, u.role, u.is_active AND t.is_active
  FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.username = wanted
$$;

-- Tenants are rows like others: each sees its own, an operator all.
CREATE FUNCTION is_operating() RETURNS boolean STABLE LANGUAGE sql AS $$
  SELECT current_setting('trunkline.operating', true) IS NOT DISTINCT FROM 'on'
$$;
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON tenants FOR ALL TO trunkline_api USING (id = current_tenant() OR is_operating())
  WITH CHECK (is_operating());
CREATE POLICY everything ON tenants FOR SELECT TO trunkline_streams USING (true);
CREATE POLICY reading ON tenants FOR SELECT TO trunkline_warehouse USING (true);
GRANT INSERT, UPDATE ON tenants TO trunkline_api;

-- A sign-in: what refresh tokens, one after the other, keep up until it ends. Only hashes (SHA-256) of them are kept: they are 256
-- random bits, so that nothing slower is needed.
CREATE TABLE sign_ins (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL,
  user_id uuid NOT NULL,
  refresh_hash bytea NOT NULL UNIQUE,
  user_agent text NOT NULL DEFAULT '' CHECK (length(user_agent) <= 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE INDEX sign_ins_expires ON sign_ins (expires_at);
ALTER TABLE sign_ins ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON sign_ins FOR ALL TO trunkline_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON sign_ins TO trunkline_api;

-- Refresh tokens that were used up. One that comes again was stolen, from its owner or by it: the sign-in ends. Touched only below.
CREATE TABLE spent_refresh_tokens (
  hash bytea PRIMARY KEY,
  sign_in uuid NOT NULL REFERENCES sign_ins (id) ON DELETE CASCADE
);
CREATE INDEX spent_refresh_tokens_sign_in ON spent_refresh_tokens (sign_in);

-- What signed-in users are right now, as far as their sign-ins still hold.
CREATE FUNCTION standings(wanted uuid[]) RETURNS TABLE (id uuid, tenant_id text, user_id uuid, role text)
STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT s.id, s.tenant_id, s.user_id, u.role
  FROM sign_ins s JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = s.tenant_id
  WHERE s.id = ANY (wanted) AND s.revoked_at IS NULL AND s.expires_at > now() AND u.is_active AND t.is_active
$$;

-- The sign-in of a refresh token, with a fresh token from now on. `outcome`: rotated, refused (unknown, over, or of somebody who is
-- deactivated), or stolen (it was used up before: the whole sign-in ends).
CREATE FUNCTION rotate_sign_in(presented bytea, fresh bytea) RETURNS TABLE (outcome text, sign_in uuid, tenant_id text, user_id uuid,
  name text, role text, expires_at timestamptz) SECURITY DEFINER SET search_path = public LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE kept sign_ins; who record;
BEGIN
  SELECT s.* INTO kept FROM sign_ins s WHERE s.refresh_hash = presented FOR UPDATE;
  IF kept.id IS NULL THEN
    UPDATE sign_ins s SET revoked_at = now() FROM spent_refresh_tokens t
      WHERE t.hash = presented AND s.id = t.sign_in AND s.revoked_at IS NULL RETURNING s.* INTO kept;
    IF kept.id IS NULL THEN
      RETURN QUERY SELECT 'refused', NULL::uuid, NULL::text, NULL::uuid, NULL::text, NULL::text, NULL::timestamptz;
      RETURN;
    END IF;
    PERFORM write_audit(kept.tenant_id, kept.user_id, 'sign_in.stolen', kept.id::text, '{}');
    RETURN QUERY SELECT 'stolen', kept.id, kept.tenant_id, kept.user_id, NULL::text, NULL::text, NULL::timestamptz;
    RETURN;
  END IF;
  SELECT u.name, u.role INTO who FROM standings(ARRAY[kept.id]) s JOIN users u ON u.id = s.user_id;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'refused', NULL::uuid, NULL::text, NULL::uuid, NULL::text, NULL::text, NULL::timestamptz;
    RETURN;
  END IF;
  INSERT INTO spent_refresh_tokens (hash, sign_in) VALUES (presented, kept.id);
  UPDATE sign_ins s SET refresh_hash = fresh, used_at = now() WHERE s.id = kept.id;
  RETURN QUERY SELECT 'rotated', kept.id, kept.tenant_id, kept.user_id, who.name, who.role, kept.expires_at;
END $$;

-- What is over for a day nobody asks for again.
CREATE FUNCTION forget_sign_ins() RETURNS void SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  DELETE FROM sign_ins WHERE expires_at < now() - interval '1 day'
$$;

-- Which person is reached where: an administrator's word. The rows of agent_extensions are the PBX's; their user_id follows this.
CREATE TABLE extensions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL,
  user_id uuid NOT NULL,
  pbx text NOT NULL,
  interface text NOT NULL,
  extension text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (pbx, interface),
  UNIQUE (pbx, extension),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX extensions_extension ON extensions (extension);
CREATE INDEX extensions_user ON extensions (user_id);

CREATE FUNCTION link_extension() RETURNS trigger SECURITY DEFINER SET search_path = public LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE agent_extensions SET user_id = NULL WHERE pbx = OLD.pbx AND interface = OLD.interface;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE agent_extensions SET user_id = NEW.user_id WHERE pbx = NEW.pbx AND interface = NEW.interface;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER link AFTER INSERT OR UPDATE OR DELETE ON extensions FOR EACH ROW EXECUTE FUNCTION link_extension();

-- Only rows that are new, not each change of a live row: those are thousands a minute.
CREATE FUNCTION link_agent() RETURNS trigger SECURITY DEFINER SET search_path = public LANGUAGE plpgsql AS $$
BEGIN
  UPDATE agent_extensions a SET user_id = e.user_id FROM extensions e
    WHERE a.pbx = NEW.pbx AND a.agent_id = NEW.agent_id AND e.pbx = NEW.pbx AND e.interface = NEW.interface;
  RETURN NULL;
END $$;
CREATE TRIGGER link AFTER INSERT ON agent_extensions FOR EACH ROW EXECUTE FUNCTION link_agent();

-- Who is behind an extension, for the login by it. Two rows: several PBXs have it.
CREATE FUNCTION find_extension(wanted text, on_pbx text) RETURNS TABLE (id uuid, tenant_id text, username text, name text,
  password_hash text, role text, is_active boolean, pbx text, interface text, extension text)
STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT u.id, u.tenant_id, u.username, u.name, u.password_hash, u.role, u.is_active AND t.is_active, e.pbx, e.interface, e.extension
  FROM extensions e JOIN users u ON u.id = e.user_id JOIN tenants t ON t.id = u.tenant_id
  WHERE e.extension = wanted AND (on_pbx IS NULL OR e.pbx = on_pbx) LIMIT 2
$$;

-- What an administrator says of a queue; null: as the settings file or the default says. Durations in seconds, target a ratio.
CREATE TABLE queue_settings (
  pbx text NOT NULL,
  queue_id text NOT NULL,
  tenant_id text NOT NULL REFERENCES tenants (id),
  name text,
  service_level_s double precision CHECK (service_level_s BETWEEN 0 AND 86400),
  short_abandon_s double precision CHECK (short_abandon_s BETWEEN 0 AND 86400),
  wrapup_s double precision CHECK (wrapup_s BETWEEN 0 AND 86400),
  target double precision CHECK (target BETWEEN 0 AND 1),
  PRIMARY KEY (pbx, queue_id)
);

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['extensions', 'queue_settings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY tenant_only ON %I FOR ALL TO trunkline_api USING (tenant_id = current_tenant())'
      ' WITH CHECK (tenant_id = current_tenant())', guarded);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO trunkline_api', guarded);
  END LOOP;
END $$;
GRANT DELETE ON dispositions TO trunkline_api;
CREATE INDEX call_sessions_disposition ON call_sessions (tenant_id, disposition) WHERE disposition IS NOT NULL;

-- The number of the last change of what the reducer is told: it only grows, also after a backup was put back, because it is a time
-- (microseconds since 1970).
CREATE TABLE settings_version (version bigint NOT NULL);
INSERT INTO settings_version VALUES (0);
CREATE FUNCTION count_settings() RETURNS trigger SECURITY DEFINER SET search_path = public LANGUAGE plpgsql AS $$
BEGIN
  UPDATE settings_version SET version = greatest(version + 1, floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
  RETURN NULL;
END $$;
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE ON queue_settings FOR EACH STATEMENT EXECUTE FUNCTION count_settings();
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE ON extensions FOR EACH STATEMENT EXECUTE FUNCTION count_settings();
CREATE TRIGGER counted AFTER UPDATE OF name ON users FOR EACH STATEMENT EXECUTE FUNCTION count_settings();

-- What the reducer of each PBX is told, all tenants together: the form of `Administered` in calls/settings.py. No rows when nothing
-- was changed since the version `after`.
CREATE FUNCTION administered_settings(after bigint) RETURNS TABLE (pbx text, body json) STABLE SECURITY DEFINER SET search_path = public
LANGUAGE sql AS $$
  SELECT p.pbx, json_build_object('version', v.version,
    'queues', coalesce((SELECT json_object_agg(q.queue_id, json_build_object('name', q.name, 'tenant', q.tenant_id,
        'wrapup_s', q.wrapup_s, 'service_level_s', q.service_level_s, 'short_abandon_s', q.short_abandon_s, 'target', q.target)
        ORDER BY q.queue_id) FROM queue_settings q WHERE q.pbx = p.pbx), '{}'),
    'agents', coalesce((SELECT json_object_agg(e.interface, json_build_object('name', u.name, 'tenant', e.tenant_id)
        ORDER BY e.interface) FROM extensions e JOIN users u ON u.id = e.user_id WHERE e.pbx = p.pbx), '{}'))
  FROM pbx_partitions p, settings_version v WHERE v.version > after
$$;

-- What was changed, by whom. Each row's hash covers the row before it, so that nothing can be changed, taken out or put in between
-- unseen: `trunkline audit verify` reckons them all again. Numbers have no holes. Nothing was written here before.
DROP TABLE audit_log;
CREATE TABLE audit_log (
  id bigint PRIMARY KEY,
  occurred_at timestamptz NOT NULL,
  tenant_id text NOT NULL,
  user_id uuid,
  user_name text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE INDEX audit_log_tenant ON audit_log (tenant_id, occurred_at);
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON audit_log FOR SELECT TO trunkline_api USING (tenant_id = current_tenant());
GRANT SELECT ON audit_log TO trunkline_api;

-- What is hashed of a row: each field with its length in bytes before it, so that no two rows have the same. `-` is null.
CREATE FUNCTION audit_content(entry audit_log) RETURNS bytea STABLE LANGUAGE sql AS $$
  SELECT convert_to(string_agg(coalesce(octet_length(field) || ':' || field, '-'), ',' ORDER BY place), 'UTF8')
  FROM unnest(ARRAY[entry.id::text, floor(extract(epoch FROM entry.occurred_at) * 1000000)::bigint::text, entry.tenant_id, entry.user_id::text,
    entry.user_name, entry.action, entry.subject, entry.detail::text]) WITH ORDINALITY AS it (field, place)
$$;

-- One row, in the caller's transaction. The lock lets one transaction after the other through, so that the chain has no forks.
CREATE FUNCTION write_audit(the_tenant text, the_user uuid, the_action text, the_subject text, the_detail jsonb) RETURNS bigint
SET search_path = public LANGUAGE plpgsql AS $$
DECLARE written audit_log;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trunkline.audit_log'));
  SELECT id + 1, hash INTO written.id, written.previous_hash FROM audit_log ORDER BY id DESC LIMIT 1;
  written.id := coalesce(written.id, 1);
  written.previous_hash := coalesce(written.previous_hash, decode(repeat('00', 32), 'hex'));
  written.occurred_at := clock_timestamp();
  written.tenant_id := the_tenant;
  written.user_id := the_user;
  written.user_name := coalesce((SELECT username FROM users WHERE id = the_user), '');
  written.action := the_action;
  written.subject := the_subject;
  written.detail := the_detail;
  written.hash := sha256(written.previous_hash || audit_content(written));
  INSERT INTO audit_log SELECT written.*;
  RETURN written.id;
END $$;

-- The only way for the API: into the tenant that its transaction sees.
CREATE FUNCTION append_audit(the_user uuid, the_action text, the_subject text, the_detail jsonb) RETURNS bigint
SECURITY DEFINER SET search_path = public LANGUAGE plpgsql AS $$
BEGIN
  IF current_tenant() IS NULL THEN
    RAISE EXCEPTION 'an audit row needs a tenant: set trunkline.tenant in the transaction';
  END IF;
  RETURN write_audit(current_tenant(), the_user, the_action, the_subject, the_detail);
END $$;

-- Not even the owner changes or takes out a row by an ordinary statement; whoever removes the trigger is found by the chain.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is append-only' USING errcode = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_as_a_whole BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whether a row that the caller sees follows from the one before it, which may be another tenant's.
CREATE FUNCTION audit_holds(entry audit_log) RETURNS boolean STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT entry.hash = sha256(entry.previous_hash || audit_content(entry))
    AND entry.previous_hash = coalesce((SELECT hash FROM audit_log WHERE id = entry.id - 1),
      CASE WHEN entry.id = 1 THEN decode(repeat('00', 32), 'hex') END) IS TRUE
$$;

DO $$
DECLARE told text;
BEGIN
  FOREACH told IN ARRAY ARRAY['standings(uuid[])', 'rotate_sign_in(bytea, bytea)', 'forget_sign_ins()', 'find_extension(text, text)',
      'administered_settings(bigint)', 'append_audit(uuid, text, text, jsonb)', 'audit_holds(audit_log)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', told);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trunkline_api', told);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION write_audit(text, uuid, text, text, jsonb), link_extension(), link_agent(), count_settings() FROM PUBLIC;
