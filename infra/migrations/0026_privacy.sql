-- People who are to be forgotten, and what became of it: one who asked (`caller`), or all who have not called for as long as the tenant
-- keeps them (`retention`). A request is worked off in steps, each of which may be done again; numbers, names and patterns are there only
-- until it is done. What a person is called from then on keeps all counts as they were.

CREATE TABLE privacy_requests (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants (id),
  -- Who asked for it: nobody where it is the tenant's rule.
  user_id uuid,
  kind text NOT NULL DEFAULT 'caller' CHECK (kind IN ('caller', 'retention')),
  -- What happened later is none of its business.
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  people integer NOT NULL CHECK (people > 0),
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done')),
  -- The aggregates of all marts before anything of the lake was changed.
  figures jsonb,
  certificate jsonb,
  finished_at timestamptz,
  CHECK ((kind = 'caller') = (user_id IS NOT NULL)),
  UNIQUE (id, tenant_id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX privacy_requests_tenant ON privacy_requests (tenant_id, asked_at);
CREATE UNIQUE INDEX privacy_requests_one_retention ON privacy_requests (tenant_id) WHERE kind = 'retention' AND status = 'running';

-- Who: only until the request is done. `person` is a word for them that says nothing to whoever has not the key, which is thrown away.
-- Nobody is in two requests at once, and nobody's stand-in is another's.
CREATE TABLE privacy_people (
  request_id uuid NOT NULL,
  tenant_id text NOT NULL,
  person text NOT NULL,
  number text NOT NULL,
  -- The number's digits within its country, and those that stand in for them.
  national text NOT NULL CHECK (national ~ '^[0-9]{6,}$'),
  stand_in text NOT NULL CHECK (stand_in ~ '^[0-9]{6,}$'),
  -- Where the number is found in a text, however it is written: a regular expression of PostgreSQL's and Python's alike.
  pattern text NOT NULL,
  names text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (request_id, person),
  UNIQUE (tenant_id, number),
  UNIQUE (tenant_id, stand_in),
  FOREIGN KEY (request_id, tenant_id) REFERENCES privacy_requests (id, tenant_id) ON DELETE CASCADE
);
-- The server's statistics would keep numbers for longer.
ALTER TABLE privacy_people ALTER number SET STATISTICS 0, ALTER national SET STATISTICS 0, ALTER pattern SET STATISTICS 0,
  ALTER names SET STATISTICS 0;
-- How a number ends finds those whose it may be.
CREATE INDEX privacy_people_tail ON privacy_people (request_id, right(national, 6));

-- The digits that stand in for somebody: no two people have the same, and nobody is forgotten twice. Says nothing of who it was.
CREATE TABLE privacy_stand_ins (
  tenant_id text NOT NULL REFERENCES tenants (id),
  stand_in text NOT NULL,
  PRIMARY KEY (tenant_id, stand_in)
);

CREATE TABLE privacy_steps (
  request_id uuid NOT NULL REFERENCES privacy_requests (id) ON DELETE CASCADE,
  tenant_id text NOT NULL,
  step text NOT NULL,
  status text NOT NULL CHECK (status IN ('waiting', 'done')),
  detail jsonb NOT NULL DEFAULT '{}',
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (request_id, step)
);

-- The calls of whoever is being erased, and whose each is: until the request is done.
CREATE TABLE privacy_calls (
  request_id uuid NOT NULL REFERENCES privacy_requests (id) ON DELETE CASCADE,
  tenant_id text NOT NULL,
  call_id text NOT NULL,
  person text NOT NULL,
  PRIMARY KEY (request_id, call_id, person)
);
CREATE INDEX privacy_calls_call ON privacy_calls (call_id);

-- After how many days without a call callers are forgotten; null or no row: never.
CREATE TABLE privacy_retention (
  tenant_id text PRIMARY KEY REFERENCES tenants (id),
  forget_callers_days integer CHECK (forget_callers_days BETWEEN 30 AND 3650),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['privacy_requests', 'privacy_people', 'privacy_stand_ins', 'privacy_steps', 'privacy_calls',
      'privacy_retention'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY tenant_only ON %I FOR ALL TO trunkline_api USING (tenant_id = current_tenant())'
      ' WITH CHECK (tenant_id = current_tenant())', guarded);
    EXECUTE format('CREATE POLICY working ON %I FOR ALL TO trunkline_warehouse USING (true) WITH CHECK (true)', guarded);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON privacy_requests, privacy_people TO trunkline_api;
GRANT SELECT ON privacy_steps, privacy_stand_ins TO trunkline_api;
GRANT SELECT, INSERT, UPDATE ON privacy_retention TO trunkline_api;
GRANT SELECT, INSERT, UPDATE ON privacy_requests, privacy_steps TO trunkline_warehouse;
GRANT SELECT, INSERT ON privacy_people TO trunkline_warehouse;
GRANT SELECT ON privacy_calls, privacy_stand_ins, privacy_retention TO trunkline_warehouse;

-- A file of the PBX is known by the digest of its first line, which may name a caller.
UPDATE queue_log_imports SET first_line = sha256(first_line);
