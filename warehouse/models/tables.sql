-- The lake's tables. Times are instants (UTC), durations seconds. DuckLake knows no keys: the load keeps them.

-- One row a call. Key: call_id.
CREATE TABLE lake.call_sessions (
  id UUID NOT NULL,
  call_id VARCHAR NOT NULL,
  pbx VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  direction VARCHAR NOT NULL,
  from_number VARCHAR,
  from_name VARCHAR,
  to_number VARCHAR,
  status VARCHAR NOT NULL,
  certainty VARCHAR NOT NULL,
  merged_into VARCHAR,
  started_at TIMESTAMPTZ NOT NULL,
  answered_at TIMESTAMPTZ,
  ended_at TIMESTAMPTZ,
  hangup_cause INTEGER,
  outcome VARCHAR,
  agent_id VARCHAR,
  duration DOUBLE,
  disposition VARCHAR,
  notes VARCHAR,
  changed_at TIMESTAMPTZ NOT NULL,
  version BIGINT NOT NULL
);

-- One row a stay in a queue. Key: call_id, ordinal.
CREATE TABLE lake.stints (
  call_id VARCHAR NOT NULL,
  ordinal INTEGER NOT NULL,
  pbx VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  call_started_at TIMESTAMPTZ NOT NULL,
  uniqueid VARCHAR NOT NULL,
  queue VARCHAR NOT NULL,
  entered_at TIMESTAMPTZ NOT NULL,
  left_at TIMESTAMPTZ,
  position INTEGER,
  outcome VARCHAR,
  wait_s DOUBLE,
  agent VARCHAR
);

-- One row an agent's part in a call. Key: call_id, ordinal. `stint` is the ordinal of the stint that brought it.
CREATE TABLE lake.legs (
  call_id VARCHAR NOT NULL,
  ordinal INTEGER NOT NULL,
  pbx VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  call_started_at TIMESTAMPTZ NOT NULL,
  stint INTEGER,
  agent VARCHAR NOT NULL,
  interface VARCHAR NOT NULL,
  rang_at TIMESTAMPTZ,
  answered_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  talk_s DOUBLE,
  hold_s DOUBLE NOT NULL,
  holds INTEGER NOT NULL,
  ended_by VARCHAR,
  transfer_kind VARCHAR,
  transfer_to VARCHAR,
  mos DOUBLE,
  mos_method VARCHAR
);

-- One row a ring that was not answered. Key: call_id, ordinal.
CREATE TABLE lake.missed_rings (
  call_id VARCHAR NOT NULL,
  ordinal INTEGER NOT NULL,
  pbx VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  call_started_at TIMESTAMPTZ NOT NULL,
  stint INTEGER,
  agent VARCHAR NOT NULL,
  interface VARCHAR NOT NULL,
  rang_at TIMESTAMPTZ NOT NULL,
  ring_s DOUBLE NOT NULL
);

-- One row a span an agent spent in one state, [started_at, ended_at). Key: pbx, agent_id, started_at.
CREATE TABLE lake.presence_intervals (
  pbx VARCHAR NOT NULL,
  agent_id VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL
);

-- One row a queue, with the thresholds that q15 was counted with. Key: pbx, queue.
CREATE TABLE lake.queues (
  pbx VARCHAR NOT NULL,
  queue VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  service_level_s DOUBLE NOT NULL,
  short_abandon_s DOUBLE NOT NULL,
  wrapup_s DOUBLE NOT NULL,
  target DOUBLE NOT NULL
);

-- The rollup. Key: tenant, pbx, queue, interval_start.
CREATE TABLE lake.q15 (
  tenant VARCHAR NOT NULL,
  pbx VARCHAR NOT NULL,
  queue VARCHAR NOT NULL,
  interval_start TIMESTAMPTZ NOT NULL,
  {tally_columns}
);

-- One row a load that changed something. Loaded is what was committed before `watermark`; the transactions that ran just then
-- have numbers from `oldest_xid` until before `next_xid`. Rows were read from `since` on. `tenants`: whose rows changed.
CREATE TABLE lake.load_audit (
  load_id BIGINT NOT NULL,
  loaded_at TIMESTAMPTZ NOT NULL,
  since TIMESTAMPTZ,
  watermark TIMESTAMPTZ NOT NULL,
  oldest_xid BIGINT NOT NULL,
  next_xid BIGINT NOT NULL,
  tenants VARCHAR[] NOT NULL,
  calls BIGINT NOT NULL,
  presence BIGINT NOT NULL,
  cells BIGINT NOT NULL
);

-- One row: the last load.
CREATE TABLE lake.load_head (load_id BIGINT NOT NULL);
INSERT INTO lake.load_head VALUES (0);
