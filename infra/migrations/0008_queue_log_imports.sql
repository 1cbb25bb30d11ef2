-- How far each file of queue_log was imported. A file is known by its generation: the time in its first line, in milliseconds, one more
-- where another file has that. `read_to` is a place in its content; `carried` are the lines before it whose calls may go on.
CREATE TABLE queue_log_imports (
  pbx text NOT NULL,
  generation bigint NOT NULL,
  first_line bytea NOT NULL,
  name text NOT NULL,
  read_to bigint NOT NULL DEFAULT 0,
  lines bigint NOT NULL DEFAULT 0,
  calls bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  carried bytea NOT NULL DEFAULT '',
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (pbx, generation)
);

-- The queues that imported calls waited in, so that reports know them although the PBX may have none of that name any more.
CREATE TABLE imported_queues (
  pbx text NOT NULL,
  queue_id text NOT NULL,
  tenant_id text NOT NULL,
  name text NOT NULL,
  service_level_s double precision NOT NULL,
  short_abandon_s double precision NOT NULL,
  wrapup_s double precision NOT NULL,
  target double precision NOT NULL,
  PRIMARY KEY (pbx, queue_id)
);

-- An imported call has version 0, which no call from live events has: the import writes no other, and these replace it.
CREATE INDEX idx_stints_uniqueid ON stints (uniqueid);
CREATE POLICY importing ON call_sessions FOR INSERT TO trunkline_warehouse WITH CHECK (version = 0);
CREATE POLICY importing_again ON call_sessions FOR UPDATE TO trunkline_warehouse USING (version = 0) WITH CHECK (version = 0);
CREATE POLICY importing ON stints FOR ALL TO trunkline_warehouse USING (true) WITH CHECK (true);
CREATE POLICY importing ON legs FOR ALL TO trunkline_warehouse USING (true) WITH CHECK (true);
CREATE POLICY importing ON missed_rings FOR ALL TO trunkline_warehouse USING (true) WITH CHECK (true);

GRANT INSERT, UPDATE ON call_sessions TO trunkline_warehouse;
GRANT INSERT, DELETE ON stints, legs, missed_rings TO trunkline_warehouse;
GRANT INSERT ON rejects TO trunkline_warehouse;
GRANT SELECT, INSERT, UPDATE ON queue_log_imports, imported_queues TO trunkline_warehouse;
DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO trunkline_warehouse', current_database()); END $$;
