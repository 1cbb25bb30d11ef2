-- Recordings as they are kept: encrypted files in the store, whose keys they are for, and how long each tenant keeps them.
-- The keeper on the PBX's machine logs in as trunkline_recordings, which may execute three functions and read nothing.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'trunkline_recordings') THEN
    CREATE ROLE trunkline_recordings LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
END $$;

-- The public half of each key (an age recipient), which is its name as well. The other half is where recordings are played. A tenant has
-- one key for new recordings; one that is retired still opens those that were made for it, one that is destroyed opens nothing any more.
CREATE TABLE recording_keys (
  recipient text PRIMARY KEY CHECK (recipient ~ '^age1[a-z0-9]{58}$'),
  tenant_id text NOT NULL REFERENCES tenants (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  destroyed_at timestamptz CHECK (destroyed_at IS NULL OR retired_at IS NOT NULL)
);
CREATE UNIQUE INDEX recording_keys_in_use ON recording_keys (tenant_id) WHERE retired_at IS NULL;

-- What a tenant has decided. No row: recordings are kept for ever, and agents do not listen.
CREATE TABLE recording_settings (
  tenant_id text PRIMARY KEY REFERENCES tenants (id),
  keep_days integer CHECK (keep_days BETWEEN 1 AND 36500),
  agents_listen boolean NOT NULL DEFAULT false
);

-- `path` is below the store's folder, `file` the name under which the PBX wrote it, `size` and `sha256` are those of the encrypted file.
-- `leftover` is where the file was before it was encrypted for another tenant, until that one is removed.
-- Without `call_id`: no call was known when it was encrypted; it then waits, for the key of the tenant `default`, to be given its call.
CREATE TABLE stored_recordings (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL,
  call_id text,
  pbx text NOT NULL,
  file text NOT NULL,
  recipient text NOT NULL,
  path text NOT NULL CHECK (split_part(path, '/', 1) = tenant_id)
    CHECK (path ~ '^[a-z0-9][a-z0-9-]*/[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9a-f-]{36}\.age$'),
  media_type text NOT NULL,
  started_at timestamptz,
  ended_at timestamptz NOT NULL,
  seconds double precision,
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  leftover text,
  stored_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  deleted_because text CHECK (deleted_because IN ('expired', 'erased', 'shredded'))
);
CREATE INDEX stored_recordings_call ON stored_recordings (call_id);
CREATE INDEX stored_recordings_ended ON stored_recordings (tenant_id, ended_at) WHERE deleted_at IS NULL;
CREATE INDEX stored_recordings_recent ON stored_recordings (ended_at) WHERE deleted_at IS NULL;
CREATE INDEX stored_recordings_leftover ON stored_recordings (id) WHERE leftover IS NOT NULL;
CREATE INDEX stored_recordings_waiting ON stored_recordings (ended_at) WHERE call_id IS NULL AND deleted_at IS NULL;
-- A recording is known again by the last part of its name: the PBX's folder may be another one elsewhere.
CREATE INDEX recordings_file ON recordings (regexp_replace(file, '^.*/', ''));

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['recording_keys', 'recording_settings', 'stored_recordings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY tenant_only ON %I FOR ALL TO trunkline_api USING (tenant_id = current_tenant())'
      ' WITH CHECK (tenant_id = current_tenant())', guarded);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON recording_keys, recording_settings TO trunkline_api;
GRANT SELECT, UPDATE ON stored_recordings TO trunkline_api;

-- ---- for the keeper ---------------------------------------------------------------------------------------------------------------

-- For whom each tenant's new recordings are encrypted.
CREATE FUNCTION recording_recipients() RETURNS TABLE (tenant_id text, recipient text)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT k.tenant_id, k.recipient FROM recording_keys k WHERE k.retired_at IS NULL
$$;

-- The call of which the PBX wrote this file: by what was heard of the recording, else by the Linkedid that its name begins with. A call
-- that has become part of another one is told as that one.
CREATE FUNCTION recorded_call(the_pbx text, the_file text, the_linkedid text) RETURNS TABLE (call_id text, tenant_id text,
  started_at timestamptz, ended_at timestamptz) STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  WITH found AS (
    SELECT c.call_id, c.tenant_id, c.merged_into, r.started_at, r.ended_at, 0 AS rank
    FROM recordings r JOIN call_sessions c ON c.call_id = r.call_id
    WHERE regexp_replace(r.file, '^.*/', '') = the_file AND c.pbx = the_pbx
    UNION ALL
    SELECT c.call_id, c.tenant_id, c.merged_into, NULL, NULL, 1
    FROM call_sessions c WHERE c.call_id = the_pbx || ':' || the_linkedid
  ), one AS (SELECT * FROM found ORDER BY rank, merged_into IS NOT NULL LIMIT 1)
  SELECT coalesce(into_.call_id, one.call_id), coalesce(into_.tenant_id, one.tenant_id), one.started_at, one.ended_at
  FROM one LEFT JOIN call_sessions into_ ON into_.call_id = one.merged_into
$$;

-- The row of a file that is in the store. Told again it changes nothing, or says what the file now is if it was encrypted anew after a
-- crash. False: it was deleted meanwhile, or made for a key that is destroyed, and the file has to go.
CREATE FUNCTION keep_recording(the_id uuid, the_tenant text, the_call text, the_pbx text, the_file text, the_recipient text,
  the_path text, the_media_type text, the_start timestamptz, the_end timestamptz, the_seconds double precision, the_size bigint,
  the_sha256 bytea) RETURNS boolean SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM recording_keys WHERE recipient = the_recipient AND destroyed_at IS NOT NULL) THEN
    RETURN false;
  END IF;
  INSERT INTO stored_recordings AS s (id, tenant_id, call_id, pbx, file, recipient, path, media_type, started_at, ended_at, seconds, size,
      sha256)
    VALUES (the_id, the_tenant, the_call, the_pbx, the_file, the_recipient, the_path, the_media_type, the_start, the_end, the_seconds,
      the_size, the_sha256)
    ON CONFLICT (id) DO UPDATE SET size = the_size, sha256 = the_sha256 WHERE s.path = the_path AND s.pbx = the_pbx AND s.deleted_at IS NULL;
  RETURN FOUND;
END $$;

-- ---- for the API's own work, all tenants together -----------------------------------------------------------------------------------

CREATE FUNCTION tenants_without_recording_key() RETURNS TABLE (tenant_id text)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT t.id FROM tenants t WHERE t.is_active
    AND NOT EXISTS (SELECT FROM recording_keys k WHERE k.tenant_id = t.id AND k.retired_at IS NULL) ORDER BY t.id
$$;

-- Those whose time is over.
CREATE FUNCTION expired_recordings(most integer) RETURNS TABLE (id uuid, tenant_id text)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT r.id, r.tenant_id FROM recording_settings s JOIN stored_recordings r ON r.tenant_id = s.tenant_id
  WHERE r.deleted_at IS NULL AND r.ended_at < now() - make_interval(days => s.keep_days) ORDER BY r.ended_at LIMIT most
$$;

-- Those that waited for their call, with the call that is known by now and the key of its tenant; and those of the last day whose call
-- has become another tenant's since.
CREATE FUNCTION settleable_recordings(most integer) RETURNS TABLE (id uuid, tenant_id text, recipient text, path text, size bigint,
  sha256 bytea, new_call text, new_tenant text, new_recipient text)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  WITH known AS (
    SELECT r.id, c.call_id, c.tenant_id
    FROM stored_recordings r
      CROSS JOIN LATERAL recorded_call(r.pbx, r.file, substring(r.file FROM '^(.+)\.[^.]+\.[^.]+$')) c
    WHERE r.call_id IS NULL AND r.deleted_at IS NULL
    UNION ALL
    SELECT r.id, c.call_id, c.tenant_id
    FROM stored_recordings r JOIN call_sessions c ON c.call_id = r.call_id
    WHERE r.ended_at > now() - interval '1 day' AND r.deleted_at IS NULL AND c.tenant_id <> r.tenant_id
  )
  SELECT r.id, r.tenant_id, r.recipient, r.path, r.size, r.sha256, known.call_id, known.tenant_id, k.recipient
  FROM known JOIN stored_recordings r ON r.id = known.id
    JOIN recording_keys k ON k.tenant_id = known.tenant_id AND k.retired_at IS NULL
  WHERE r.leftover IS NULL ORDER BY r.ended_at DESC LIMIT most
$$;

-- Such a recording belongs to that call from now on. False: somebody else was first, or it was deleted.
CREATE FUNCTION settle_recording(the_id uuid, the_old_path text, the_call text, the_tenant text, the_recipient text, the_path text,
  the_size bigint, the_sha256 bytea) RETURNS boolean SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
BEGIN
  -- Only where the file was encrypted anew is it about the key of now.
  IF the_path <> the_old_path AND NOT EXISTS (SELECT FROM recording_keys
      WHERE recipient = the_recipient AND tenant_id = the_tenant AND destroyed_at IS NULL) THEN
    RETURN false;
  END IF;
  UPDATE stored_recordings SET call_id = the_call, tenant_id = the_tenant, recipient = the_recipient, path = the_path, size = the_size,
    sha256 = the_sha256, leftover = CASE WHEN the_path <> the_old_path THEN the_old_path END
    WHERE id = the_id AND path = the_old_path AND deleted_at IS NULL;
  RETURN FOUND;
END $$;

CREATE FUNCTION leftover_recordings() RETURNS TABLE (id uuid, tenant_id text, leftover text)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT r.id, r.tenant_id, r.leftover FROM stored_recordings r WHERE r.leftover IS NOT NULL LIMIT 1000
$$;

DO $$
DECLARE told text;
BEGIN
  FOREACH told IN ARRAY ARRAY['recording_recipients()', 'recorded_call(text, text, text)', 'keep_recording(uuid, text, text, text, text,'
      ' text, text, text, timestamptz, timestamptz, double precision, bigint, bytea)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', told);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trunkline_recordings', told);
  END LOOP;
  FOREACH told IN ARRAY ARRAY['tenants_without_recording_key()', 'expired_recordings(integer)', 'settleable_recordings(integer)',
      'leftover_recordings()', 'settle_recording(uuid, text, text, text, text, text, bigint, bytea)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', told);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trunkline_api', told);
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA public TO trunkline_recordings;
