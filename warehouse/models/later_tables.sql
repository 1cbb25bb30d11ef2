-- What the lake has beside calls, their parts and q15. A lake that is older than one of these gets it, and is then loaded anew.

-- One row a recording. Key: call_id, ordinal.
CREATE TABLE IF NOT EXISTS lake.recordings (
  call_id VARCHAR NOT NULL,
  ordinal INTEGER NOT NULL,
  pbx VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  call_started_at TIMESTAMPTZ NOT NULL,
  file VARCHAR NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ
);

-- One row a time that the PBX's files put a call right. Key: call_id, version. `fields`: old and new values by path, as JSON.
CREATE TABLE IF NOT EXISTS lake.corrections (
  call_id VARCHAR NOT NULL,
  version BIGINT NOT NULL,
  pbx VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  call_started_at TIMESTAMPTZ NOT NULL,
  corrected_at TIMESTAMPTZ NOT NULL,
  cause VARCHAR NOT NULL,
  appeared BOOLEAN NOT NULL,
  fields VARCHAR NOT NULL
);

-- One row an agent of a PBX. Key: pbx, agent_id. Legs and missed rings know the interface only.
CREATE TABLE IF NOT EXISTS lake.agents (
  pbx VARCHAR NOT NULL,
  agent_id VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  interface VARCHAR NOT NULL,
  extension VARCHAR NOT NULL
);

-- One row a span in which a source of a PBX was not heard. Key: id. Whose calls it concerns is not known: it is everybody's there.
CREATE TABLE IF NOT EXISTS lake.gaps (
  id BIGINT NOT NULL,
  pbx VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  cause VARCHAR NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ
);

-- The rollup of agents. Key: tenant, pbx, agent_id, interval_start.
CREATE TABLE IF NOT EXISTS lake.agent15 (
  tenant VARCHAR NOT NULL,
  pbx VARCHAR NOT NULL,
  agent_id VARCHAR NOT NULL,
  interval_start TIMESTAMPTZ NOT NULL,
  {agent_columns}
);

-- How long those waited who left the queue, counted by bin (calls/waits.py). Key: tenant, pbx, queue, day (UTC, of arrival), outcome, bin.
CREATE TABLE IF NOT EXISTS lake.wait_day (
  tenant VARCHAR NOT NULL,
  pbx VARCHAR NOT NULL,
  queue VARCHAR NOT NULL,
  day DATE NOT NULL,
  outcome VARCHAR NOT NULL,
  bin INTEGER NOT NULL,
  n BIGINT NOT NULL,
  longest_s DOUBLE NOT NULL
);

-- The same by month, whose first day is `month`.
CREATE TABLE IF NOT EXISTS lake.wait_month (
  tenant VARCHAR NOT NULL,
  pbx VARCHAR NOT NULL,
  queue VARCHAR NOT NULL,
  month DATE NOT NULL,
  outcome VARCHAR NOT NULL,
  bin INTEGER NOT NULL,
  n BIGINT NOT NULL,
  longest_s DOUBLE NOT NULL
);

-- What a quarter of an hour is called where people live. Key: zone, interval_start. Whole months, for the zones of this installation.
CREATE TABLE IF NOT EXISTS lake.dim_interval (
  zone VARCHAR NOT NULL,
  interval_start TIMESTAMPTZ NOT NULL,
  local_start TIMESTAMP NOT NULL,
  local_date DATE NOT NULL,
  weekday INTEGER NOT NULL,
  hour INTEGER NOT NULL
);
