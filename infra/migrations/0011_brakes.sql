-- How often something was tried, over all API processes: the moment at which all tries are there again. Lost in a crash, which is
-- fine, and so never waits for the disk. Keys are hashes. The API's role has no right on the table, only on the functions.
CREATE UNLOGGED TABLE brakes (
  key bytea PRIMARY KEY,
  until timestamptz NOT NULL
);
CREATE INDEX brakes_until ON brakes (until);

-- Takes one try for each key: `tries` at once, then one each `every_s` seconds. 0, or the seconds until there is one of all. The keys
-- are locked in the order given: callers put first what more requests share.
CREATE FUNCTION take_tries(keys bytea[], tries integer[], every_s double precision[]) RETURNS double precision
SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
DECLARE
  moment timestamptz := clock_timestamp();
  step interval;
  wait double precision := 0;
BEGIN
  FOR i IN 1 .. cardinality(keys) LOOP
    step := make_interval(secs => every_s[i]);
    INSERT INTO brakes AS b (key, until) VALUES (keys[i], moment + step)
      ON CONFLICT (key) DO UPDATE SET until = greatest(b.until, moment) + step
      WHERE greatest(b.until, moment) + step <= moment + step * tries[i];
    IF NOT FOUND THEN
      SELECT greatest(wait, extract(epoch FROM b.until - moment) - every_s[i] * (tries[i] - 1)) INTO wait
        FROM brakes AS b WHERE b.key = keys[i];
    END IF;
  END LOOP;
  RETURN wait;
END $$;

CREATE FUNCTION forgive_tries(wanted bytea) RETURNS void SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  DELETE FROM brakes WHERE key = wanted
$$;

CREATE FUNCTION forget_tries() RETURNS void SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
  DELETE FROM brakes WHERE until < now()
$$;

REVOKE ALL ON FUNCTION take_tries(bytea[], integer[], double precision[]), forgive_tries(bytea), forget_tries() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_tries(bytea[], integer[], double precision[]), forgive_tries(bytea), forget_tries() TO trunkline_api;
