-- What there is about a person, for an administrator who asks before anything is done, or hands it out. A function, because under
-- row-level security every row would be tried first. It looks where erase_person looks, in the tenant that the transaction sees.
CREATE FUNCTION person_calls(the_national text, the_pattern text) RETURNS TABLE (call_id text, started_at timestamptz)
STABLE SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  SELECT c.call_id, c.started_at FROM call_sessions c WHERE c.tenant_id = current_tenant() AND c.call_id IN (
    SELECT o.call_id FROM call_sessions o
    WHERE o.tenant_id = current_tenant() AND o.status = 'ENDED' AND digit_parts(o.from_number, o.to_number) @> digit_parts(the_national)
      AND (o.from_number ~ the_pattern OR o.to_number ~ the_pattern)
    UNION ALL
    SELECT o.call_id FROM call_sessions o
    WHERE o.tenant_id = current_tenant() AND o.status <> 'ENDED' AND (o.from_number ~ the_pattern OR o.to_number ~ the_pattern)
    UNION ALL
    SELECT l.call_id FROM legs l WHERE l.tenant_id = current_tenant() AND l.transfer_to ~ the_pattern
    UNION ALL
    SELECT o.call_id FROM call_sessions o JOIN contacts k ON k.id = o.contact_id
    WHERE k.tenant_id = current_tenant() AND k.number ~ the_pattern)
$$;
REVOKE ALL ON FUNCTION person_calls(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION person_calls(text, text) TO trunkline_api;
