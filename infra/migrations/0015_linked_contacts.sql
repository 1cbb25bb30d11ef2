-- A call is written down whatever becomes of the contact that was dialled: it may be deleted before the call is known, or at that moment,
-- and what a command says may be no id at all. The trigger is part of the stream processor's own statement, which must not fail by it.
CREATE OR REPLACE FUNCTION link_contact() RETURNS trigger SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
BEGIN
  UPDATE call_sessions SET contact_id = k.id
    FROM commands c JOIN contacts k ON k.tenant_id = c.tenant_id AND k.id = (c.arguments ->> 'contact_id')::uuid
    WHERE call_sessions.call_id = NEW.call_id AND c.call_id = NEW.call_id AND c.name = 'dial' AND c.tenant_id = NEW.tenant_id;
  RETURN NULL;
EXCEPTION WHEN foreign_key_violation OR invalid_text_representation THEN
  RETURN NULL;
END $$;

-- Nobody's temporary table stands in for one of ours.
ALTER FUNCTION owner_lives(uuid) SET search_path = public, pg_temp;
ALTER FUNCTION left_commands(integer) SET search_path = public, pg_temp;
ALTER FUNCTION given_up(uuid[]) SET search_path = public, pg_temp;
ALTER FUNCTION forget_commands() SET search_path = public, pg_temp;
