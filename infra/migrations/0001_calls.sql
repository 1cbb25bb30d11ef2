-- The calls of all PBXs, who takes them, and how far each source was applied.
-- Times are timestamptz, durations seconds (double precision). Every row has its tenant. `version` counts the events its PBX had
-- applied when the row was written: a write with a lower version than the row's changes nothing.

DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['trunkline_streams', 'trunkline_api', 'trunkline_warehouse'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', wanted);
    END IF;
  END LOOP;
END $$;

CREATE TABLE tenants (
  id text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO tenants (id, name) VALUES ('default', 'Default tenant');

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants (id),
  username text NOT NULL UNIQUE,
  name text NOT NULL,
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('agent', 'supervisor', 'manager', 'analyst', 'administrator')),
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- An agent as reached on a PBX: live state, written by the stream processor with the events that caused it.
CREATE TABLE agent_extensions (
  pbx text NOT NULL,
  agent_id text NOT NULL,
  tenant_id text NOT NULL,
  user_id uuid REFERENCES users (id),
  name text NOT NULL,
  interface text NOT NULL,
  extension text NOT NULL,
  status text NOT NULL CHECK (status IN ('AVAILABLE', 'BUSY', 'AWAY', 'OFFLINE')),
  state text NOT NULL,
  reason text NOT NULL DEFAULT '',
  since timestamptz NOT NULL,
  until timestamptz,
  call_id text,
  is_active boolean NOT NULL DEFAULT true,
  live jsonb NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (pbx, agent_id)
);
CREATE INDEX idx_agent_extensions_tenant_status ON agent_extensions (tenant_id, status);

-- A queue as it is now; `live` is the message that was published.
CREATE TABLE queues (
  pbx text NOT NULL,
  queue_id text NOT NULL,
  tenant_id text NOT NULL,
  name text NOT NULL,
  service_level_s double precision NOT NULL,
  short_abandon_s double precision NOT NULL,
  wrapup_s double precision NOT NULL,
  target double precision NOT NULL,
  live jsonb NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (pbx, queue_id)
);

CREATE TABLE contacts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants (id),
  number text NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, number)
);

CREATE TABLE dispositions (
  tenant_id text NOT NULL REFERENCES tenants (id),
  code text NOT NULL,
  title text NOT NULL,
  PRIMARY KEY (tenant_id, code)
);

-- One row a call. `duration` is talk and hold of all its legs, null when nobody answered. `changed_at` is when the row was last
-- written, by the database's clock: the warehouse finds late changes by it.
CREATE TABLE call_sessions (
  id uuid PRIMARY KEY,
  call_id text NOT NULL UNIQUE,
  pbx text NOT NULL,
  tenant_id text NOT NULL,
  direction text NOT NULL,
  from_number text,
  from_name text,
  to_number text,
  status text NOT NULL CHECK (status IN ('QUEUED', 'RINGING', 'CONNECTED', 'ON_HOLD', 'ENDED')),
  certainty text NOT NULL,
  merged_into text,
  started_at timestamptz NOT NULL,
  answered_at timestamptz,
  ended_at timestamptz,
  hangup_cause integer,
  outcome text,
  agent_id text,
  duration double precision,
  contact_id uuid REFERENCES contacts (id),
  disposition text,
  notes text,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version bigint NOT NULL
);
CREATE INDEX idx_call_sessions_agent_status ON call_sessions (agent_id, status);
CREATE INDEX idx_call_sessions_created_at ON call_sessions (created_at);
CREATE INDEX idx_call_sessions_changed_at ON call_sessions (changed_at);
CREATE INDEX idx_call_sessions_open ON call_sessions (tenant_id) WHERE status <> 'ENDED';

CREATE TABLE stints (
  call_id text NOT NULL REFERENCES call_sessions (call_id) ON DELETE CASCADE,
  ordinal integer NOT NULL,
  tenant_id text NOT NULL,
  uniqueid text NOT NULL,
  queue text NOT NULL,
  entered_at timestamptz NOT NULL,
  left_at timestamptz,
  position integer,
  outcome text,
  wait_s double precision,
  agent text,
  PRIMARY KEY (call_id, ordinal)
);
CREATE INDEX idx_stints_queue_entered ON stints (queue, entered_at);

CREATE TABLE legs (
  call_id text NOT NULL REFERENCES call_sessions (call_id) ON DELETE CASCADE,
  ordinal integer NOT NULL,
  tenant_id text NOT NULL,
  stint integer,
  agent text NOT NULL,
  interface text NOT NULL,
  rang_at timestamptz,
  answered_at timestamptz NOT NULL,
  ended_at timestamptz,
  talk_s double precision,
  hold_s double precision NOT NULL,
  holds integer NOT NULL,
  ended_by text,
  transfer_kind text,
  transfer_to text,
  mos double precision,
  mos_method text,
  PRIMARY KEY (call_id, ordinal)
);
CREATE INDEX idx_legs_agent_answered ON legs (agent, answered_at);

CREATE TABLE missed_rings (
  call_id text NOT NULL REFERENCES call_sessions (call_id) ON DELETE CASCADE,
  ordinal integer NOT NULL,
  tenant_id text NOT NULL,
  stint integer,
  agent text NOT NULL,
  interface text NOT NULL,
  rang_at timestamptz NOT NULL,
  ring_s double precision NOT NULL,
  PRIMARY KEY (call_id, ordinal)
);

CREATE TABLE recordings (
  call_id text NOT NULL REFERENCES call_sessions (call_id) ON DELETE CASCADE,
  ordinal integer NOT NULL,
  tenant_id text NOT NULL,
  file text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (call_id, ordinal)
);

-- What each agent did when, [started_at, ended_at). `changed_at` as in call_sessions: an interval may be written long after it ended.
CREATE TABLE presence_intervals (
  pbx text NOT NULL,
  agent_id text NOT NULL,
  tenant_id text NOT NULL,
  state text NOT NULL,
  reason text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (pbx, agent_id, started_at)
);
CREATE INDEX idx_presence_intervals_changed_at ON presence_intervals (changed_at);

CREATE TABLE commands (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL,
  user_id uuid REFERENCES users (id),
  name text NOT NULL,
  arguments jsonb NOT NULL,
  status text NOT NULL,
  detail text,
  created_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz
);

-- A span in which a source was not heard, or a range of the log that was lost. `ended_at` null: it lasts.
CREATE TABLE gaps (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pbx text NOT NULL,
  source text NOT NULL,
  cause text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  detail jsonb NOT NULL DEFAULT '{}'
);

-- What could not be understood or was not allowed by the state, verbatim.
CREATE TABLE rejects (
  pbx text NOT NULL,
  source text NOT NULL,
  ingester text NOT NULL,
  epoch bigint NOT NULL,
  seq bigint NOT NULL,
  reason text NOT NULL,
  raw bytea NOT NULL,
  rejected_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pbx, source, ingester, epoch, seq)
);

CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  user_id uuid,
  action text NOT NULL,
  detail jsonb NOT NULL,
  occurred_at timestamptz NOT NULL DEFAULT now()
);

-- Which PBX is in which partition of pbx.events. Chosen once, kept for ever.
CREATE TABLE pbx_partitions (
  pbx text PRIMARY KEY,
  partition integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION assign_partition(wanted text, partitions integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE found integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trunkline.pbx_partitions'));
  SELECT partition INTO found FROM pbx_partitions WHERE pbx = wanted;
  IF found IS NULL THEN
    SELECT p INTO found FROM generate_series(0, partitions - 1) AS p
      LEFT JOIN pbx_partitions ON partition = p GROUP BY p ORDER BY count(pbx), p LIMIT 1;
    INSERT INTO pbx_partitions (pbx, partition) VALUES (wanted, found);
  END IF;
  RETURN found;
END $$;

-- How far each partition was applied. `cluster` is Kafka's own id: another cluster starts anew.
CREATE TABLE sink_offsets (
  cluster text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (cluster, topic, partition)
);

-- How often a record was tried, so that a poisonous one cannot loop for ever.
CREATE TABLE sink_attempts (
  cluster text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  attempts integer NOT NULL,
  last_error text NOT NULL,
  PRIMARY KEY (cluster, topic, partition, "offset")
);

-- The reducer's state of each PBX, in parts: kind head, call, agent or queue.
CREATE TABLE pbx_state (
  pbx text NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (pbx, kind, key)
);

-- Compare and set: the first statement of each of the sink's transactions. A worker that slept finds another offset and is fenced.
CREATE FUNCTION advance_offset(the_cluster text, the_topic text, the_partition integer, expected bigint, following bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sink_offsets SET next_offset = following
    WHERE cluster = the_cluster AND topic = the_topic AND partition = the_partition AND next_offset = expected;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'fenced: % partition % is no longer at offset %', the_topic, the_partition, expected USING errcode = 'TF001';
  END IF;
END $$;

-- Row-level security: the second wall behind the API's own checks. The tenant is set in each transaction; unset means no rows.
CREATE FUNCTION current_tenant() RETURNS text STABLE LANGUAGE sql AS $$
  SELECT nullif(current_setting('trunkline.tenant', true), '')
$$;

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['users', 'agent_extensions', 'queues', 'contacts', 'dispositions', 'call_sessions', 'stints',
      'legs', 'missed_rings', 'recordings', 'presence_intervals', 'commands', 'audit_log'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY tenant_only ON %I FOR ALL TO trunkline_api USING (tenant_id = current_tenant())'
      ' WITH CHECK (tenant_id = current_tenant())', guarded);
    EXECUTE format('CREATE POLICY everything ON %I FOR ALL TO trunkline_streams USING (true) WITH CHECK (true)', guarded);
    EXECUTE format('CREATE POLICY reading ON %I FOR SELECT TO trunkline_warehouse USING (true)', guarded);
  END LOOP;
END $$;

-- Login looks a user up before any tenant is known: only by this function.
CREATE FUNCTION find_user(wanted text) RETURNS TABLE (id uuid, tenant_id text, username text, name text, password_hash text,
  role text, is_active boolean) STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT id, tenant_id, username, name, password_hash, role, is_active FROM users WHERE username = wanted
$$;
-- The first user, made at start when there is none.
CREATE FUNCTION create_first_user(the_username text, the_hash text) RETURNS boolean
SECURITY DEFINER SET search_path = public LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trunkline.first_user'));
  IF EXISTS (SELECT FROM users) THEN RETURN false; END IF;
  INSERT INTO users (tenant_id, username, name, password_hash, role)
    VALUES ('default', the_username, 'Administrator', the_hash, 'administrator');
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION find_user(text), create_first_user(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_user(text), create_first_user(text, text) TO trunkline_api;

GRANT USAGE ON SCHEMA public TO trunkline_streams, trunkline_api, trunkline_warehouse;
GRANT SELECT, INSERT, UPDATE, DELETE ON agent_extensions, queues, call_sessions, stints, legs, missed_rings, recordings,
  presence_intervals, gaps, rejects, sink_offsets, sink_attempts, pbx_state TO trunkline_streams;
GRANT SELECT ON tenants, pbx_partitions TO trunkline_streams;
DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO trunkline_streams', current_database()); END $$;
GRANT SELECT ON tenants, users, agent_extensions, queues, contacts, dispositions, call_sessions, stints, legs, missed_rings,
  recordings, presence_intervals, commands, gaps TO trunkline_api;
GRANT INSERT, UPDATE ON contacts, dispositions, commands, users TO trunkline_api;
GRANT INSERT ON audit_log TO trunkline_api;
GRANT SELECT ON tenants, agent_extensions, queues, call_sessions, stints, legs, missed_rings, recordings, presence_intervals, gaps,
  rejects TO trunkline_warehouse;
