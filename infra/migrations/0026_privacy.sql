-- A person's word that they be forgotten, and what became of it. A request is worked off in steps, each of which may be done again; its
-- number, its names and its pattern are there only until it is done. What the person is called from then on keeps all counts as they were.

CREATE TABLE privacy_requests (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants (id),
  user_id uuid NOT NULL,
  -- What happened later is none of its business.
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done')),
  -- The same person gives the same word while the request runs; its key is thrown away with the number.
  person text NOT NULL,
  number text,
  -- The number's digits within its country, and those that stand in for them.
  national text,
  stand_in text,
  -- Where the number is found in a text, however it is written: a regular expression of PostgreSQL's and Python's alike.
  pattern text,
  names text[] NOT NULL DEFAULT '{}',
  -- The aggregates of all marts before anything of the lake was changed.
  figures jsonb,
  certificate jsonb,
  finished_at timestamptz,
  CHECK (status = 'done' OR (number IS NOT NULL AND national IS NOT NULL AND stand_in IS NOT NULL AND pattern IS NOT NULL)),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE UNIQUE INDEX privacy_requests_once ON privacy_requests (tenant_id, number) WHERE number IS NOT NULL;
CREATE INDEX privacy_requests_tenant ON privacy_requests (tenant_id, asked_at);

CREATE TABLE privacy_steps (
  request_id uuid NOT NULL REFERENCES privacy_requests (id) ON DELETE CASCADE,
  tenant_id text NOT NULL,
  step text NOT NULL,
  status text NOT NULL CHECK (status IN ('waiting', 'done')),
  detail jsonb NOT NULL DEFAULT '{}',
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (request_id, step)
);

-- The calls of whoever is being erased: until the request is done.
CREATE TABLE privacy_calls (
  request_id uuid NOT NULL REFERENCES privacy_requests (id) ON DELETE CASCADE,
  tenant_id text NOT NULL,
  call_id text NOT NULL,
  PRIMARY KEY (request_id, call_id)
);
CREATE INDEX privacy_calls_call ON privacy_calls (call_id);

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['privacy_requests', 'privacy_steps', 'privacy_calls'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY tenant_only ON %I FOR ALL TO trunkline_api USING (tenant_id = current_tenant())'
      ' WITH CHECK (tenant_id = current_tenant())', guarded);
    EXECUTE format('CREATE POLICY working ON %I FOR ALL TO trunkline_warehouse USING (true) WITH CHECK (true)', guarded);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON privacy_requests TO trunkline_api;
GRANT SELECT ON privacy_steps TO trunkline_api;
GRANT SELECT, UPDATE ON privacy_requests TO trunkline_warehouse;
GRANT SELECT, INSERT, UPDATE ON privacy_steps TO trunkline_warehouse;
GRANT SELECT, DELETE ON privacy_calls TO trunkline_warehouse;

-- A text without the person: their number, however it is written, and in JSON their names.
CREATE FUNCTION privacy_swap(body text, of_request privacy_requests) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE known text;
BEGIN
  body := regexp_replace(body, of_request.pattern, '\1' || of_request.stand_in, 'g');
  FOREACH known IN ARRAY of_request.names LOOP
    body := replace(body, to_json(known)::text, '"Erased"');
  END LOOP;
  RETURN body;
END $$;

-- What a tenant's calls of some months come to, without anybody's number: who is called otherwise changes none of it.
CREATE FUNCTION privacy_figures(the_tenant text, months timestamptz[]) RETURNS jsonb STABLE LANGUAGE sql
SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_agg(to_jsonb(found) ORDER BY found.month), '[]') FROM (
    SELECT month, count(*) AS calls, count(c.answered_at) AS answered, round(sum(c.duration)::numeric, 3) AS seconds,
      count(c.from_number) AS from_numbers, count(DISTINCT c.from_number) AS callers,
      count(c.to_number) AS to_numbers, count(DISTINCT c.to_number) AS called, count(c.disposition) AS filed
    FROM unnest(months) AS month JOIN call_sessions c
      ON c.tenant_id = the_tenant AND c.started_at >= month AND c.started_at < month + interval '1 month'
    GROUP BY month
  ) AS found
$$;

-- Takes the person out of every table, as far as that is of the tenant's calls until the request was made, and says how many rows of what
-- were changed. All of it or nothing; again, it finds what came since. To be called in a transaction that sees one moment (REPEATABLE READ).
CREATE FUNCTION erase_person(the_request uuid) RETURNS jsonb SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
DECLARE
  asked privacy_requests;
  mine text[];
  months timestamptz[];
  before jsonb;
  after jsonb;
  counts jsonb := '{}';
  n bigint;
BEGIN
  SELECT * INTO STRICT asked FROM privacy_requests WHERE id = the_request AND status = 'running';
  INSERT INTO privacy_calls (request_id, tenant_id, call_id)
    SELECT asked.id, asked.tenant_id, c.call_id FROM call_sessions c
    WHERE c.tenant_id = asked.tenant_id AND c.started_at < asked.asked_at
      AND ((c.status = 'ENDED' AND digit_parts(c.from_number, c.to_number) @> digit_parts(asked.national)) OR c.status <> 'ENDED')
      AND (c.from_number ~ asked.pattern OR c.to_number ~ asked.pattern)
    UNION
    SELECT asked.id, asked.tenant_id, l.call_id FROM legs l
    WHERE l.tenant_id = asked.tenant_id AND l.answered_at < asked.asked_at AND l.transfer_to ~ asked.pattern
    UNION
    SELECT asked.id, asked.tenant_id, c.call_id FROM call_sessions c JOIN contacts k ON k.id = c.contact_id
    WHERE k.tenant_id = asked.tenant_id AND k.number ~ asked.pattern AND c.tenant_id = asked.tenant_id
    ON CONFLICT DO NOTHING;
  SELECT coalesce(array_agg(call_id), '{}') INTO mine FROM privacy_calls WHERE request_id = asked.id;
  SELECT coalesce(array_agg(DISTINCT date_trunc('month', started_at)), '{}') INTO months FROM call_sessions WHERE call_id = ANY (mine);
  before := privacy_figures(asked.tenant_id, months);

  SELECT coalesce(array_agg(DISTINCT name), '{}') INTO asked.names FROM (
    SELECT unnest(asked.names) AS name
    UNION SELECT from_name FROM call_sessions WHERE call_id = ANY (mine) AND from_number ~ asked.pattern
    UNION SELECT k.name FROM contacts k WHERE k.tenant_id = asked.tenant_id AND k.number ~ asked.pattern
  ) AS known WHERE length(name) > 1 AND name <> 'Erased' AND name !~ asked.pattern;
  UPDATE privacy_requests SET names = asked.names WHERE id = asked.id;

  UPDATE call_sessions c SET notes = NULL WHERE call_id = ANY (mine) AND notes IS NOT NULL;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('notes', n);
  UPDATE call_sessions c SET
      from_name = CASE WHEN from_number ~ asked.pattern AND from_name <> '' THEN 'Erased' ELSE privacy_swap(from_name, asked) END,
      from_number = privacy_swap(from_number, asked), to_number = privacy_swap(to_number, asked)
    WHERE call_id = ANY (mine) AND (from_number ~ asked.pattern OR to_number ~ asked.pattern OR from_name ~ asked.pattern);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('calls', n);
  UPDATE legs SET transfer_to = privacy_swap(transfer_to, asked) WHERE call_id = ANY (mine) AND transfer_to ~ asked.pattern;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('legs', n);
  UPDATE recordings SET file = privacy_swap(file, asked) WHERE call_id = ANY (mine) AND file ~ asked.pattern;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('recordings', n);
  UPDATE stored_recordings SET file = privacy_swap(file, asked) WHERE tenant_id = asked.tenant_id AND file ~ asked.pattern
    AND ended_at < asked.asked_at;
  UPDATE call_timelines SET steps = privacy_swap(steps::text, asked)::json
    WHERE call_id = ANY (mine) AND privacy_swap(steps::text, asked) <> steps::text;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('timelines', n);
  UPDATE corrections SET fields = privacy_swap(fields::text, asked)::jsonb
    WHERE call_id = ANY (mine) AND privacy_swap(fields::text, asked) <> fields::text;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('corrections', n);
  UPDATE reconciliations SET facts = privacy_swap(facts::text, asked)::jsonb, differences = privacy_swap(differences::text, asked)::jsonb
    WHERE call_id = ANY (mine)
      AND privacy_swap(facts::text || differences::text, asked) <> facts::text || differences::text;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('reconciliations', n);
  UPDATE commands SET arguments = privacy_swap(arguments::text, asked)::jsonb, detail = privacy_swap(detail, asked)
    WHERE tenant_id = asked.tenant_id AND created_at < asked.asked_at AND status IN ('confirmed', 'failed')
      AND (arguments::text || detail) ~ asked.pattern;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('commands', n);
  UPDATE dial_permits SET number = privacy_swap(number, asked)
    WHERE tenant_id = asked.tenant_id AND taken_at < asked.asked_at AND number ~ asked.pattern;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('permits', n);
  UPDATE dial_refusals SET number = privacy_swap(number, asked), detail = privacy_swap(detail, asked)
    WHERE tenant_id = asked.tenant_id AND refused_at < asked.asked_at AND (number || ' ' || detail) ~ asked.pattern;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('refusals', n);
  DELETE FROM phone_leaves WHERE tenant_id = asked.tenant_id AND exten ~ asked.pattern;
  -- Whose line it was is not known: the tenant's PBXs, and what was refused until then.
  UPDATE rejects SET raw = decode(privacy_swap(encode(raw, 'escape'), asked), 'escape')
    WHERE rejected_at < asked.asked_at AND encode(raw, 'escape') ~ asked.pattern AND pbx IN (
      SELECT pbx FROM queues WHERE tenant_id = asked.tenant_id UNION SELECT pbx FROM call_sessions WHERE call_id = ANY (mine));
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('rejects', n);
  UPDATE queue_log_imports SET carried = decode(privacy_swap(encode(carried, 'escape'), asked), 'escape')
    WHERE encode(carried, 'escape') ~ asked.pattern AND pbx IN (
      SELECT pbx FROM queues WHERE tenant_id = asked.tenant_id UNION SELECT pbx FROM call_sessions WHERE call_id = ANY (mine));
  DELETE FROM contacts WHERE tenant_id = asked.tenant_id AND number ~ asked.pattern;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('contacts', n);

  after := privacy_figures(asked.tenant_id, months);
  -- A call that was written again meanwhile made one caller two; from now on it is one again.
  IF EXISTS (SELECT FROM privacy_steps WHERE request_id = asked.id AND step = 'tables') THEN
    SELECT jsonb_agg(it - 'callers' - 'called' ORDER BY place) INTO before FROM jsonb_array_elements(before) WITH ORDINALITY AS x (it, place);
    SELECT jsonb_agg(it - 'callers' - 'called' ORDER BY place) INTO after FROM jsonb_array_elements(after) WITH ORDINALITY AS x (it, place);
  END IF;
  IF before IS DISTINCT FROM after THEN
    RAISE EXCEPTION 'the erasure would change what the calls come to: nothing was erased' USING errcode = 'TF002';
  END IF;
  RETURN jsonb_build_object('counts', counts, 'figures', privacy_figures(asked.tenant_id, months));
END $$;

-- What is left of the person that only time, or another process, takes away: recordings that the API deletes, and calls that a
-- stream worker still has in hand, and so may write again.
CREATE FUNCTION privacy_left(the_request uuid) RETURNS TABLE (recordings bigint, in_hand bigint)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT
    (SELECT count(*) FROM privacy_calls p JOIN stored_recordings s ON s.call_id = p.call_id
      WHERE p.request_id = the_request AND (s.deleted_at IS NULL OR s.leftover IS NOT NULL)),
    (SELECT count(*) FROM privacy_calls p JOIN call_sessions c ON c.call_id = p.call_id
      JOIN pbx_state s ON s.pbx = c.pbx AND s.kind IN ('call', 'ended', 'evidence') AND c.call_id = s.pbx || ':' || s.key
      WHERE p.request_id = the_request)
$$;

-- Recordings of people that are being erased, of all tenants, for the API, which has the store, and who asked for it.
CREATE FUNCTION erasable_recordings(most integer) RETURNS TABLE (id uuid, tenant_id text, user_id uuid)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT DISTINCT ON (s.id) s.id, s.tenant_id, r.user_id
  FROM privacy_requests r JOIN privacy_calls p ON p.request_id = r.id JOIN stored_recordings s ON s.call_id = p.call_id
  WHERE s.deleted_at IS NULL ORDER BY s.id, r.asked_at LIMIT most
$$;

-- That it is done stands in the audit log as well.
CREATE FUNCTION finish_erasure(the_request uuid, the_certificate jsonb) RETURNS void
SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
DECLARE asked privacy_requests;
BEGIN
  UPDATE privacy_requests SET status = 'done', finished_at = clock_timestamp(), certificate = the_certificate, number = NULL,
      national = NULL, stand_in = NULL, pattern = NULL, names = '{}', figures = NULL
    WHERE id = the_request AND status = 'running' RETURNING * INTO asked;
  IF FOUND THEN
    DELETE FROM privacy_calls WHERE request_id = the_request;
    PERFORM write_audit(asked.tenant_id, asked.user_id, 'privacy.erased', asked.id::text,
      jsonb_build_object('person', asked.person, 'certificate', the_certificate ->> 'hash'));
  END IF;
END $$;

REVOKE ALL ON FUNCTION erase_person(uuid), privacy_left(uuid), erasable_recordings(integer), finish_erasure(uuid, jsonb),
  privacy_figures(text, timestamptz[]), privacy_swap(text, privacy_requests) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_person(uuid), privacy_left(uuid), finish_erasure(uuid, jsonb) TO trunkline_warehouse;
GRANT EXECUTE ON FUNCTION erasable_recordings(integer) TO trunkline_api;
