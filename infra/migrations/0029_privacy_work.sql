-- How people are taken out of the tables of 0026_privacy.sql and all others: what the warehouse calls, step by step, and the API.

-- Whether these digits stand in for somebody already, as far as the asking role sees: for whoever draws them.
CREATE FUNCTION privacy_taken(the_tenant text, digits text) RETURNS boolean STABLE LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM privacy_stand_ins WHERE tenant_id = the_tenant AND stand_in = digits)
    OR EXISTS (SELECT FROM privacy_people WHERE tenant_id = the_tenant AND stand_in = digits)
$$;

-- How the runs of digits in a text end, that may be numbers.
CREATE FUNCTION privacy_tails(body text) RETURNS SETOF text IMMUTABLE LANGUAGE sql AS $$
  SELECT right(run[1], 6) FROM regexp_matches(body, '[0-9]{6,}', 'g') AS run
$$;

-- A text without the request's people: their numbers, however they are written, and in JSON their names, where the number is or the text is
-- of a call of theirs. Only those are tried whose number may be in it.
CREATE FUNCTION privacy_swap(body text, the_request uuid, the_call text DEFAULT NULL) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE
  one record;
  known text;
  found text;
BEGIN
  FOR one IN
    SELECT p.pattern, p.stand_in, p.names, m.person IS NOT NULL AS is_of_call
    FROM privacy_people p LEFT JOIN privacy_calls m
      ON m.request_id = the_request AND m.call_id = the_call AND m.person = p.person
    WHERE p.request_id = the_request AND p.person IN (
      SELECT t.person FROM privacy_people t JOIN privacy_tails(body) AS tail ON right(t.national, 6) = tail
        WHERE t.request_id = the_request
      UNION SELECT c.person FROM privacy_calls c WHERE c.request_id = the_request AND c.call_id = the_call)
  LOOP
    found := regexp_replace(body, one.pattern, '\1' || one.stand_in, 'g');
    IF found <> body OR one.is_of_call THEN
      FOREACH known IN ARRAY one.names LOOP
        found := replace(found, to_json(known)::text, '"Erased"');
      END LOOP;
    END IF;
    body := found;
  END LOOP;
  RETURN body;
END $$;

-- A packet or line without the request's people: where a number is, the names of whose it is go too.
CREATE FUNCTION privacy_swap_raw(raw bytea, the_request uuid) RETURNS bytea STABLE LANGUAGE plpgsql AS $$
DECLARE
  one record;
  known text;
  body text := encode(raw, 'escape');
  found text;
BEGIN
  FOR one IN
    SELECT DISTINCT p.pattern, p.stand_in, p.names FROM privacy_people p JOIN privacy_tails(body) AS tail ON right(p.national, 6) = tail
    WHERE p.request_id = the_request
  LOOP
    found := regexp_replace(body, one.pattern, '\1' || one.stand_in, 'g');
    CONTINUE WHEN found = body;
    body := found;
    FOREACH known IN ARRAY one.names LOOP
      known := regexp_replace(encode(convert_to(known, 'UTF8'), 'escape'), '([^[:alnum:] ])', '\\\1', 'g');
      body := regexp_replace(body, '(?<![[:alnum:]])' || known || '(?![[:alnum:]])', 'Erased', 'g');
    END LOOP;
  END LOOP;
  RETURN decode(body, 'escape');
END $$;

-- Whether a text holds the number of one of the people whose call it is.
CREATE FUNCTION privacy_names(body text, the_request uuid, the_call text) RETURNS boolean STABLE LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM privacy_calls m JOIN privacy_people p ON p.request_id = m.request_id AND p.person = m.person
    WHERE m.request_id = the_request AND m.call_id = the_call AND body ~ p.pattern)
$$;

-- What a tenant's calls of some months come to, without anybody's number: who is called otherwise changes none of it.
CREATE FUNCTION privacy_figures(the_tenant text, months timestamptz[], until timestamptz) RETURNS jsonb STABLE LANGUAGE sql
SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_agg(to_jsonb(found) ORDER BY found.month), '[]') FROM (
    SELECT month, count(*) AS calls, count(c.answered_at) AS answered, round(sum(c.duration)::numeric, 3) AS seconds,
      count(c.from_number) AS from_numbers, count(DISTINCT c.from_number) AS callers,
      count(c.to_number) AS to_numbers, count(DISTINCT c.to_number) AS called, count(c.disposition) AS filed
    FROM unnest(months) AS month JOIN call_sessions c
      ON c.tenant_id = the_tenant AND c.started_at >= month AND c.started_at < least(month + interval '1 month', until)
    GROUP BY month
  ) AS found
$$;

-- The calls of the request's people until it was made, and what the people are called. Few are looked up, many are found by one look at all.
CREATE FUNCTION privacy_find(asked privacy_requests) RETURNS void SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
DECLARE
  few CONSTANT integer := 10;
  one privacy_people;
BEGIN
  IF asked.people <= few THEN
    FOR one IN SELECT * FROM privacy_people WHERE request_id = asked.id LOOP
      INSERT INTO privacy_calls (request_id, tenant_id, call_id, person)
        SELECT asked.id, asked.tenant_id, c.call_id, one.person FROM call_sessions c
        WHERE c.tenant_id = asked.tenant_id AND c.started_at < asked.asked_at AND c.status = 'ENDED'
          AND digit_parts(c.from_number, c.to_number) @> digit_parts(one.national)
          AND (c.from_number ~ one.pattern OR c.to_number ~ one.pattern)
        ON CONFLICT DO NOTHING;
    END LOOP;
  ELSE
    WITH ended AS MATERIALIZED (
      SELECT c.call_id, c.from_number, c.to_number, tail
      FROM call_sessions c CROSS JOIN privacy_tails(concat_ws(' ', c.from_number, c.to_number)) AS tail
      WHERE c.tenant_id = asked.tenant_id AND c.started_at < asked.asked_at AND c.status = 'ENDED')
    INSERT INTO privacy_calls (request_id, tenant_id, call_id, person)
      SELECT asked.id, asked.tenant_id, c.call_id, p.person FROM ended c
        JOIN privacy_people p ON p.request_id = asked.id AND right(p.national, 6) = c.tail
      WHERE c.from_number ~ p.pattern OR c.to_number ~ p.pattern
      ON CONFLICT DO NOTHING;
  END IF;
  WITH named AS MATERIALIZED (
    SELECT c.call_id, concat_ws(' ', c.from_number, c.to_number) AS body FROM call_sessions c
      WHERE c.tenant_id = asked.tenant_id AND c.started_at < asked.asked_at AND c.status <> 'ENDED'
    UNION ALL SELECT l.call_id, l.transfer_to FROM legs l
      WHERE l.tenant_id = asked.tenant_id AND l.answered_at < asked.asked_at AND l.transfer_to IS NOT NULL
    UNION ALL SELECT c.call_id, k.number FROM contacts k JOIN call_sessions c ON c.contact_id = k.id AND c.tenant_id = k.tenant_id
      WHERE k.tenant_id = asked.tenant_id
  ), tailed AS MATERIALIZED (SELECT named.*, tail FROM named CROSS JOIN privacy_tails(named.body) AS tail)
  INSERT INTO privacy_calls (request_id, tenant_id, call_id, person)
    SELECT asked.id, asked.tenant_id, t.call_id, p.person FROM tailed t
      JOIN privacy_people p ON p.request_id = asked.id AND right(p.national, 6) = t.tail
    WHERE t.body ~ p.pattern
    ON CONFLICT DO NOTHING;
  ANALYZE privacy_calls;
  PERFORM privacy_find_names(asked);
END $$;

-- What the request's people are called, by their calls and contacts.
CREATE FUNCTION privacy_find_names(asked privacy_requests) RETURNS void SET search_path = public, pg_temp LANGUAGE sql AS $$
  WITH contact AS MATERIALIZED (
    SELECT k.name, k.number, tail FROM contacts k CROSS JOIN privacy_tails(k.number) AS tail WHERE k.tenant_id = asked.tenant_id
  ), known AS (
    SELECT person, unnest(names) AS name FROM privacy_people WHERE request_id = asked.id
    UNION SELECT m.person, c.from_name FROM privacy_calls m JOIN call_sessions c ON c.call_id = m.call_id
      JOIN privacy_people o ON o.request_id = m.request_id AND o.person = m.person AND c.from_number ~ o.pattern
      WHERE m.request_id = asked.id
    UNION SELECT o.person, k.name FROM contact k
      JOIN privacy_people o ON o.request_id = asked.id AND right(o.national, 6) = k.tail AND k.number ~ o.pattern
  ), found AS (
    SELECT p.person, array_agg(DISTINCT known.name) AS names FROM privacy_people p JOIN known ON known.person = p.person
    WHERE p.request_id = asked.id AND length(known.name) > 1 AND known.name <> 'Erased' AND known.name !~ p.pattern GROUP BY p.person
  )
  UPDATE privacy_people SET names = found.names FROM found WHERE request_id = asked.id AND privacy_people.person = found.person
$$;

-- What hangs on the request's calls, without its people: how many rows of what were changed.
CREATE FUNCTION privacy_clear_calls(asked privacy_requests) RETURNS jsonb SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
DECLARE
  mine text[];
  counts jsonb := '{}';
  n bigint;
BEGIN
  SELECT coalesce(array_agg(DISTINCT call_id), '{}') INTO mine FROM privacy_calls WHERE request_id = asked.id;
  UPDATE call_sessions SET notes = NULL WHERE call_id = ANY (mine) AND notes IS NOT NULL;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('notes', n);
  UPDATE call_sessions c SET
      from_name = CASE WHEN from_name <> '' AND privacy_names(from_number, asked.id, call_id) THEN 'Erased'
        ELSE privacy_swap(from_name, asked.id, call_id) END,
      from_number = privacy_swap(from_number, asked.id, call_id), to_number = privacy_swap(to_number, asked.id, call_id)
    WHERE call_id = ANY (mine) AND privacy_names(concat_ws(' ', from_number, to_number, from_name), asked.id, call_id);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('calls', n);
  UPDATE legs SET transfer_to = privacy_swap(transfer_to, asked.id, call_id)
    WHERE call_id = ANY (mine) AND privacy_names(transfer_to, asked.id, call_id);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('legs', n);
  UPDATE recordings SET file = privacy_swap(file, asked.id, call_id)
    WHERE call_id = ANY (mine) AND privacy_names(file, asked.id, call_id);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('recordings', n);
  UPDATE call_timelines t SET steps = made.steps::json
    FROM (SELECT call_id, privacy_swap(steps::text, asked.id, call_id) AS steps FROM call_timelines WHERE call_id = ANY (mine)) AS made
    WHERE t.call_id = made.call_id AND made.steps <> t.steps::text;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('timelines', n);
  UPDATE corrections t SET fields = made.fields::jsonb FROM (
      SELECT call_id, version, privacy_swap(fields::text, asked.id, call_id) AS fields FROM corrections WHERE call_id = ANY (mine)) AS made
    WHERE t.call_id = made.call_id AND t.version = made.version AND made.fields <> t.fields::text;
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('corrections', n);
  UPDATE reconciliations t SET facts = made.facts::jsonb, differences = made.differences::jsonb FROM (
      SELECT call_id, privacy_swap(facts::text, asked.id, call_id) AS facts, privacy_swap(differences::text, asked.id, call_id) AS differences
      FROM reconciliations WHERE call_id = ANY (mine)) AS made
    WHERE t.call_id = made.call_id AND (made.facts <> t.facts::text OR made.differences <> t.differences::text);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('reconciliations', n);
  RETURN counts;
END $$;

-- What else names the request's people: each table is looked through once, however many they are.
CREATE FUNCTION privacy_clear_rest(asked privacy_requests) RETURNS jsonb SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
DECLARE
  pbxs text[];
  counts jsonb := '{}';
  n bigint;
BEGIN
  UPDATE stored_recordings SET file = privacy_swap(file, asked.id) WHERE id IN (
    WITH named AS MATERIALIZED (
      SELECT id, file AS body, tail FROM stored_recordings CROSS JOIN privacy_tails(file) AS tail
      WHERE stored_recordings.tenant_id = asked.tenant_id AND ended_at < asked.asked_at)
    SELECT id FROM named JOIN privacy_people p ON p.request_id = asked.id AND right(p.national, 6) = named.tail AND named.body ~ p.pattern);
  UPDATE commands SET arguments = privacy_swap(arguments::text, asked.id)::jsonb, detail = privacy_swap(detail, asked.id),
      channel = privacy_swap(channel, asked.id) WHERE id IN (
    WITH said AS MATERIALIZED (
      SELECT id, concat_ws(' ', arguments, detail, channel) AS body FROM commands
      WHERE tenant_id = asked.tenant_id AND created_at < asked.asked_at AND status IN ('confirmed', 'failed')
    ), named AS MATERIALIZED (SELECT said.*, tail FROM said CROSS JOIN privacy_tails(said.body) AS tail)
    SELECT id FROM named JOIN privacy_people p ON p.request_id = asked.id AND right(p.national, 6) = named.tail AND named.body ~ p.pattern);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('commands', n);
  UPDATE dial_permits SET number = privacy_swap(number, asked.id) WHERE id IN (
    WITH named AS MATERIALIZED (
      SELECT id, number AS body, tail FROM dial_permits CROSS JOIN privacy_tails(number) AS tail
      WHERE tenant_id = asked.tenant_id AND taken_at < asked.asked_at)
    SELECT id FROM named JOIN privacy_people p ON p.request_id = asked.id AND right(p.national, 6) = named.tail AND named.body ~ p.pattern);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('permits', n);
  UPDATE dial_refusals SET number = privacy_swap(number, asked.id), detail = privacy_swap(detail, asked.id) WHERE id IN (
    WITH named AS MATERIALIZED (
      SELECT id, number || ' ' || detail AS body, tail FROM dial_refusals CROSS JOIN privacy_tails(number || ' ' || detail) AS tail
      WHERE tenant_id = asked.tenant_id AND refused_at < asked.asked_at)
    SELECT id FROM named JOIN privacy_people p ON p.request_id = asked.id AND right(p.national, 6) = named.tail AND named.body ~ p.pattern);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('refusals', n);
  DELETE FROM phone_leaves l USING privacy_people p
    WHERE l.tenant_id = asked.tenant_id AND p.request_id = asked.id AND l.exten ~ p.pattern;
  -- Whose line it was is not known: the tenant's PBXs, and what was refused until then.
  SELECT array_agg(pbx) INTO pbxs FROM (
    SELECT pbx FROM queues WHERE tenant_id = asked.tenant_id
    UNION SELECT c.pbx FROM call_sessions c JOIN privacy_calls m ON m.call_id = c.call_id WHERE m.request_id = asked.id
  ) AS own;
  UPDATE rejects SET raw = privacy_swap_raw(raw, asked.id), reason = privacy_swap(reason, asked.id)
    WHERE (pbx, source, ingester, epoch, seq) IN (
    WITH said AS MATERIALIZED (
      SELECT pbx, source, ingester, epoch, seq, reason || ' ' || encode(raw, 'escape') AS body FROM rejects
      WHERE pbx = ANY (pbxs) AND rejected_at < asked.asked_at
    ), named AS MATERIALIZED (SELECT said.*, tail FROM said CROSS JOIN privacy_tails(said.body) AS tail)
    SELECT pbx, source, ingester, epoch, seq FROM named
      JOIN privacy_people p ON p.request_id = asked.id AND right(p.national, 6) = named.tail AND named.body ~ p.pattern);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('rejects', n);
  UPDATE queue_log_imports SET carried = privacy_swap_raw(carried, asked.id) WHERE pbx = ANY (pbxs) AND carried <> '';
  -- A search that somebody is sent each day.
  UPDATE report_schedules SET query = privacy_swap(query, asked.id)
    WHERE tenant_id = asked.tenant_id AND query <> privacy_swap(query, asked.id);
  DELETE FROM contacts WHERE id IN (
    WITH named AS MATERIALIZED (
      SELECT id, number, tail FROM contacts CROSS JOIN privacy_tails(number) AS tail WHERE tenant_id = asked.tenant_id)
    SELECT id FROM named JOIN privacy_people p
      ON p.request_id = asked.id AND right(p.national, 6) = named.tail AND named.number ~ p.pattern);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('contacts', n);
  -- What is noted down about others may name them too.
  UPDATE contacts SET name = privacy_swap(name, asked.id), company = privacy_swap(company, asked.id), email = privacy_swap(email, asked.id),
      notes = privacy_swap(notes, asked.id) WHERE id IN (
    WITH said AS MATERIALIZED (
      SELECT id, concat_ws(' ', name, company, email, notes) AS body FROM contacts WHERE tenant_id = asked.tenant_id
    ), named AS MATERIALIZED (SELECT said.*, tail FROM said CROSS JOIN privacy_tails(said.body) AS tail)
    SELECT id FROM named JOIN privacy_people p ON p.request_id = asked.id AND right(p.national, 6) = named.tail AND named.body ~ p.pattern);
  GET DIAGNOSTICS n = ROW_COUNT; counts := counts || jsonb_build_object('others', n);
  RETURN counts;
END $$;

-- Takes the request's people out of every table, as far as that is of the tenant's calls until it was made, and says how many rows of what
-- were changed, and how many calls of theirs came since. All of it or nothing; again, it finds what came since. To be called in a transaction
-- that sees one moment (REPEATABLE READ).
CREATE FUNCTION erase_people(the_request uuid) RETURNS jsonb SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
DECLARE
  asked privacy_requests;
  months timestamptz[];
  before jsonb;
  after jsonb;
  shown jsonb;
  counts jsonb;
  since bigint;
BEGIN
  SELECT * INTO STRICT asked FROM privacy_requests WHERE id = the_request AND status = 'running';
  INSERT INTO privacy_stand_ins (tenant_id, stand_in) SELECT tenant_id, stand_in FROM privacy_people WHERE request_id = asked.id
    ON CONFLICT DO NOTHING;
  -- Whatever the server thinks of these tables: a plan for none would look through all for each.
  ANALYZE privacy_people;
  PERFORM privacy_find(asked);
  SELECT coalesce(array_agg(DISTINCT date_trunc('month', c.started_at)), '{}') INTO months
    FROM privacy_calls m JOIN call_sessions c ON c.call_id = m.call_id WHERE m.request_id = asked.id;
  before := privacy_figures(asked.tenant_id, months, asked.asked_at);
  counts := privacy_clear_calls(asked) || privacy_clear_rest(asked);
  after := privacy_figures(asked.tenant_id, months, asked.asked_at);
  shown := after;
  -- A call that was written again meanwhile made one caller two; from now on it is one again.
  IF EXISTS (SELECT FROM privacy_steps WHERE request_id = asked.id AND step = 'tables') THEN
    SELECT jsonb_agg(it - 'callers' - 'called' ORDER BY place) INTO before FROM jsonb_array_elements(before) WITH ORDINALITY AS x (it, place);
    SELECT jsonb_agg(it - 'callers' - 'called' ORDER BY place) INTO after FROM jsonb_array_elements(after) WITH ORDINALITY AS x (it, place);
  END IF;
  IF before IS DISTINCT FROM after THEN
    RAISE EXCEPTION 'the erasure would change what the calls come to: nothing was erased' USING errcode = 'TF002';
  END IF;
  WITH named AS MATERIALIZED (
    SELECT c.call_id, concat_ws(' ', c.from_number, c.to_number) AS body, tail
    FROM call_sessions c CROSS JOIN privacy_tails(concat_ws(' ', c.from_number, c.to_number)) AS tail
    WHERE c.tenant_id = asked.tenant_id AND c.started_at >= asked.asked_at)
  SELECT count(DISTINCT call_id) INTO since FROM named
    JOIN privacy_people p ON p.request_id = asked.id AND right(p.national, 6) = named.tail AND named.body ~ p.pattern;
  RETURN jsonb_build_object('counts', counts, 'figures', shown, 'since', since);
END $$;

-- Recordings of the people of requests that run: of their calls, of a call that one of theirs became part of, and those of no call that is
-- known but in whose name the number was.
CREATE FUNCTION privacy_recordings() RETURNS TABLE (request uuid, recording uuid) STABLE LANGUAGE sql AS $$
  SELECT p.request_id, s.id FROM privacy_calls p JOIN stored_recordings s ON s.call_id = p.call_id
  UNION SELECT p.request_id, s.id FROM privacy_calls p JOIN call_sessions c ON c.call_id = p.call_id
    JOIN stored_recordings s ON s.call_id = c.merged_into
  UNION SELECT p.request_id, s.id FROM privacy_people p JOIN stored_recordings s ON s.tenant_id = p.tenant_id
    WHERE s.call_id IS NULL AND s.deleted_at IS NULL AND strpos(s.file, p.stand_in) > 0
$$;

-- What is left of people that only time, or another process, takes away: recordings that the API deletes, and calls that a stream worker
-- still has in hand, and so may write again.
CREATE FUNCTION privacy_left(the_request uuid) RETURNS TABLE (recordings bigint, in_hand bigint)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT
    (SELECT count(*) FROM privacy_recordings() r JOIN stored_recordings s ON s.id = r.recording
      WHERE r.request = the_request AND (s.deleted_at IS NULL OR s.leftover IS NOT NULL)),
    (SELECT count(DISTINCT c.call_id) FROM privacy_calls p JOIN call_sessions c ON c.call_id = p.call_id
      JOIN pbx_state s ON s.pbx = c.pbx AND s.kind IN ('call', 'ended', 'evidence') AND c.call_id = s.pbx || ':' || s.key
      WHERE p.request_id = the_request)
$$;

-- Recordings of people that are being erased, of all tenants, for the API, which has the store, and who asked for it.
CREATE FUNCTION erasable_recordings(most integer) RETURNS TABLE (id uuid, tenant_id text, user_id uuid)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT DISTINCT ON (s.id) s.id, s.tenant_id, r.user_id
  FROM privacy_recordings() m JOIN privacy_requests r ON r.id = m.request JOIN stored_recordings s ON s.id = m.recording
  WHERE s.deleted_at IS NULL ORDER BY s.id, r.asked_at LIMIT most
$$;

-- That it is done stands in the audit log as well.
CREATE FUNCTION finish_erasure(the_request uuid, the_certificate jsonb) RETURNS void
SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
DECLARE
  asked privacy_requests;
  words text[];
BEGIN
  UPDATE privacy_requests SET status = 'done', finished_at = clock_timestamp(), certificate = the_certificate, figures = NULL
    WHERE id = the_request AND status = 'running' RETURNING * INTO asked;
  IF FOUND THEN
    SELECT array_agg(person ORDER BY person) INTO words FROM privacy_people WHERE request_id = the_request;
    DELETE FROM privacy_people WHERE request_id = the_request;
    DELETE FROM privacy_calls WHERE request_id = the_request;
    -- What the planner keeps in mind of these tables may be their numbers and names.
    ANALYZE call_sessions, legs, recordings, stored_recordings, corrections, reconciliations, commands, contacts, dial_permits, dial_refusals,
      rejects, queue_log_imports, report_schedules, phone_leaves, call_timelines, privacy_people;
    PERFORM write_audit(asked.tenant_id, asked.user_id, 'privacy.erased', asked.id::text,
      jsonb_build_object('kind', asked.kind, 'people', asked.people, 'certificate', the_certificate ->> 'hash')
      || CASE WHEN asked.kind = 'caller' THEN jsonb_build_object('person', words[1]) ELSE '{}' END);
  END IF;
END $$;

-- The tenant's own numbers: places, queues, what is called from outside, and what is shown to those who are called. None is a caller's.
CREATE FUNCTION privacy_own(the_tenant text) RETURNS SETOF text STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT extension FROM agent_extensions WHERE tenant_id = the_tenant
  UNION SELECT extension FROM extensions WHERE tenant_id = the_tenant
  UNION SELECT queue_id FROM queues WHERE tenant_id = the_tenant
  UNION SELECT to_number FROM call_sessions WHERE tenant_id = the_tenant AND direction = 'inbound' AND to_number IS NOT NULL
  UNION SELECT from_number FROM call_sessions WHERE tenant_id = the_tenant AND direction = 'outbound' AND from_number IS NOT NULL
$$;

-- From where the tenant's numbers are read, as its rules of dialling say; null: as the installation is told.
CREATE FUNCTION privacy_country(the_tenant text) RETURNS text STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT rules ->> 'country' FROM dial_policies WHERE tenant_id = the_tenant
$$;

-- Numbers of people who were last heard of before this, the longest ago first, without those that stand in for somebody. Whether they are
-- heard of by another way of writing is not asked here.
CREATE FUNCTION privacy_idle(the_tenant text, before timestamptz) RETURNS TABLE (number text, last_at timestamptz)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT heard.number, max(heard.at) FROM (
    SELECT from_number AS number, max(started_at) AS at FROM call_sessions
      WHERE tenant_id = the_tenant AND direction = 'inbound' AND from_number IS NOT NULL GROUP BY from_number
    UNION ALL SELECT to_number, max(started_at) FROM call_sessions
      WHERE tenant_id = the_tenant AND direction = 'outbound' AND to_number IS NOT NULL GROUP BY to_number
    UNION ALL SELECT k.number, k.changed_at FROM contacts k WHERE k.tenant_id = the_tenant
  ) AS heard
  WHERE heard.number ~ '[0-9]{6}' AND (strpos(heard.number, '00') = 0 OR NOT EXISTS (
    SELECT FROM privacy_stand_ins s, generate_series(6, 15) AS digits
    WHERE s.tenant_id = the_tenant AND s.stand_in = right(heard.number, digits)))
  GROUP BY heard.number HAVING max(heard.at) < before ORDER BY max(heard.at), heard.number
$$;

-- Numbers that were heard of since, of those that end like one of these, and of people whom another request has in hand.
CREATE FUNCTION privacy_heard(the_tenant text, since timestamptz, tails text[]) RETURNS SETOF text
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT DISTINCT heard.number FROM (
    SELECT unnest(ARRAY[from_number, to_number]) AS number FROM call_sessions WHERE tenant_id = the_tenant AND started_at >= since
    UNION SELECT k.number FROM contacts k WHERE k.tenant_id = the_tenant AND k.changed_at >= since
    UNION SELECT p.number FROM privacy_people p WHERE p.tenant_id = the_tenant
  ) AS heard JOIN unnest(tails) AS tail ON right(heard.number, 6) = tail
$$;

REVOKE ALL ON FUNCTION erase_people(uuid), privacy_left(uuid), erasable_recordings(integer), finish_erasure(uuid, jsonb),
  privacy_figures(text, timestamptz[], timestamptz), privacy_swap(text, uuid, text), privacy_swap_raw(bytea, uuid),
  privacy_names(text, uuid, text), privacy_find(privacy_requests), privacy_find_names(privacy_requests), privacy_clear_calls(privacy_requests),
  privacy_clear_rest(privacy_requests), privacy_own(text), privacy_country(text),
  privacy_idle(text, timestamptz), privacy_heard(text, timestamptz, text[]), privacy_taken(text, text), privacy_recordings()
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_people(uuid), privacy_left(uuid), finish_erasure(uuid, jsonb), privacy_own(text),
  privacy_country(text), privacy_idle(text, timestamptz), privacy_heard(text, timestamptz, text[]) TO trunkline_warehouse;
GRANT EXECUTE ON FUNCTION erasable_recordings(integer) TO trunkline_api;
GRANT EXECUTE ON FUNCTION privacy_taken(text, text) TO trunkline_api, trunkline_warehouse;
