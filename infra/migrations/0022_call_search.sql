-- Calls are looked for by what a report counts, a page at a time, newest first: an index each by the moment that decides where it
-- counts. The call's id and the row's number tell apart what happened in the same millisecond.
CREATE INDEX call_sessions_by_start ON call_sessions (tenant_id, started_at, call_id);
CREATE INDEX stints_by_entry ON stints (tenant_id, entered_at, call_id, ordinal);
CREATE INDEX legs_by_answer ON legs (tenant_id, answered_at, call_id, ordinal);
CREATE INDEX missed_rings_by_ring ON missed_rings (tenant_id, rang_at, call_id, ordinal);
CREATE INDEX reconciliations_by_start ON reconciliations (tenant_id, started_at, call_id);
CREATE INDEX call_sessions_merged_into ON call_sessions (merged_into) WHERE merged_into IS NOT NULL;

-- A number is found by any three digits of it that follow each other, looked up in an index of them all. (The extension pg_trgm does
-- that too, but is not there where PostgreSQL comes without its additions.) Only of calls that are over: the others are few, and are written
-- again with each of their events.
CREATE FUNCTION digit_parts(VARIADIC numbers text[]) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT coalesce(array_agg(DISTINCT substr(number, place, 3)), '{}')
  FROM unnest(numbers) AS number, generate_series(1, length(number) - 2) AS place
$$;
CREATE INDEX call_sessions_numbers ON call_sessions USING gin (digit_parts(from_number, to_number)) WHERE status = 'ENDED';

-- The calls of the tenant that the transaction sees in which a number has this in it. A function, because under row-level security
-- every row would be tried first. A stay or a part may be in a later day than its call's begin.
CREATE FUNCTION numbered_calls(part text, since timestamptz, until timestamptz) RETURNS SETOF text
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT call_id FROM call_sessions
  WHERE tenant_id = current_tenant() AND status = 'ENDED' AND digit_parts(from_number, to_number) @> digit_parts(part)
    AND (strpos(from_number, part) > 0 OR strpos(to_number, part) > 0)
    AND started_at >= since - interval '1 day' AND started_at < until
  UNION ALL
  SELECT call_id FROM call_sessions
  WHERE tenant_id = current_tenant() AND status <> 'ENDED' AND (strpos(from_number, part) > 0 OR strpos(to_number, part) > 0)
    AND started_at >= since - interval '1 day' AND started_at < until
$$;
REVOKE ALL ON FUNCTION numbered_calls(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION numbered_calls(text, timestamptz, timestamptz) TO trunkline_api;

-- How much of what the tenant's PBXs said was refused, by source: packets and lines that could not be understood, or that the state did not
-- allow. What they say is told to nobody here: whose it is is not known.
CREATE INDEX rejects_by_time ON rejects (rejected_at);
CREATE FUNCTION rejects_of(since timestamptz, until timestamptz) RETURNS TABLE (pbx text, source text, rejects bigint, last_at timestamptz)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT r.pbx, r.source, count(*), max(r.rejected_at) FROM rejects r
  WHERE r.rejected_at >= since AND r.rejected_at < until AND r.pbx IN (
    SELECT q.pbx FROM queues q WHERE q.tenant_id = current_tenant()
    UNION SELECT a.pbx FROM agent_extensions a WHERE a.tenant_id = current_tenant())
  GROUP BY r.pbx, r.source ORDER BY r.pbx, r.source
$$;
REVOKE ALL ON FUNCTION rejects_of(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rejects_of(timestamptz, timestamptz) TO trunkline_api;
