-- What somebody asked of a PBX, and what came of it. A row is there before anything is done; who moves it from accepted to sent may
-- write the action, and nobody ever after. `channel` is the Uniqueid that it is about: of a dialled call it is made from the command's
-- id, so that the call is known before it exists.

DROP TABLE commands;
CREATE TABLE commands (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenants (id),
  user_id uuid NOT NULL,
  name text NOT NULL,
  arguments jsonb NOT NULL,
  status text NOT NULL DEFAULT 'accepted' CHECK (status IN ('accepted', 'sent', 'confirmed', 'failed')),
  detail text NOT NULL DEFAULT '',
  pbx text NOT NULL,
  call_id text,
  interface text,
  channel text,
  -- Which process has it in hand, and until when that process settles it; later anybody may.
  owner uuid NOT NULL,
  due_at timestamptz NOT NULL,
  -- The caller's own key, and a hash of what came with it: the same again is the same command.
  idempotency_key text,
  body_hash bytea,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at timestamptz,
  settled_at timestamptz,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE UNIQUE INDEX commands_idempotency ON commands (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
-- One call at a time is made for an agent, whoever asks and however often at once.
CREATE UNIQUE INDEX commands_one_dial ON commands (pbx, interface) WHERE name = 'dial' AND status IN ('accepted', 'sent');
CREATE INDEX commands_open ON commands (due_at) WHERE status IN ('accepted', 'sent');
CREATE INDEX commands_call ON commands (call_id, created_at) WHERE call_id IS NOT NULL;
CREATE INDEX commands_channel ON commands (channel, settled_at) WHERE channel IS NOT NULL;
CREATE INDEX commands_interface ON commands (pbx, interface, created_at);
ALTER TABLE commands ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON commands FOR ALL TO trunkline_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON commands TO trunkline_api;

-- Whoever has a socket of the command's user open wants to know. Only names of rows are told: they are read again by those who may.
CREATE FUNCTION tell_command() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('trunkline_commands', json_build_object('id', NEW.id, 'tenant', NEW.tenant_id, 'user', NEW.user_id)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER told AFTER INSERT OR UPDATE OF status ON commands FOR EACH ROW EXECUTE FUNCTION tell_command();

-- The API's processes that are there. One that is not seen for a while settles nothing any more.
CREATE UNLOGGED TABLE command_owners (
  id uuid PRIMARY KEY,
  seen_at timestamptz NOT NULL
);
CREATE FUNCTION owner_lives(the_owner uuid) RETURNS void SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  DELETE FROM command_owners WHERE seen_at < now() - interval '1 hour';
  INSERT INTO command_owners (id, seen_at) VALUES (the_owner, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
$$;

-- What nobody settles, of all tenants, for whoever is there to do it.
CREATE FUNCTION left_commands(at_most integer) RETURNS TABLE (id uuid, tenant_id text, owner uuid)
STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT c.id, c.tenant_id, c.owner FROM commands c LEFT JOIN command_owners o ON o.id = c.owner
  WHERE c.status IN ('accepted', 'sent') AND (c.due_at < now() OR o.seen_at IS NULL OR o.seen_at < now() - interval '10 seconds')
  ORDER BY c.due_at LIMIT at_most
$$;
-- Of these calls, made by commands, those that were given up: were they to appear after all, they are hung up.
CREATE FUNCTION given_up(wanted uuid[]) RETURNS TABLE (id uuid)
STABLE SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  SELECT id FROM commands WHERE id = ANY (wanted) AND name = 'dial' AND status = 'failed'
$$;

-- What is long settled nobody asks for again; a quarter of a year is kept.
CREATE FUNCTION forget_commands() RETURNS void SECURITY DEFINER SET search_path = public LANGUAGE sql AS $$
  DELETE FROM commands WHERE settled_at < now() - interval '90 days'
$$;

-- Notes and disposition are the agents' words; the stream processor never writes them.
GRANT UPDATE (notes, disposition, contact_id, changed_at) ON call_sessions TO trunkline_api;

-- The contact that was dialled belongs to the call that comes of it. The name of such a call says that it does.
CREATE FUNCTION link_contact() RETURNS trigger SECURITY DEFINER SET search_path = public LANGUAGE plpgsql AS $$
BEGIN
  UPDATE call_sessions SET contact_id = (c.arguments ->> 'contact_id')::uuid FROM commands c
    WHERE call_sessions.call_id = NEW.call_id AND c.call_id = NEW.call_id AND c.name = 'dial' AND c.tenant_id = NEW.tenant_id
      AND c.arguments ->> 'contact_id' IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER dialled AFTER INSERT ON call_sessions FOR EACH ROW WHEN (NEW.call_id LIKE '%:tl-%') EXECUTE FUNCTION link_contact();

DO $$
DECLARE told text;
BEGIN
  FOREACH told IN ARRAY ARRAY['owner_lives(uuid)', 'left_commands(integer)', 'given_up(uuid[])', 'forget_commands()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', told);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trunkline_api', told);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION tell_command(), link_contact() FROM PUBLIC;
