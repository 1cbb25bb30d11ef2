-- One row a call that was held against its PBX's files. Key: call_id. `differences` are the facts that do not agree, as JSON.
-- A lake that is older than this table gets it by the next load.
CREATE TABLE IF NOT EXISTS lake.reconciliations (
  call_id VARCHAR NOT NULL,
  pbx VARCHAR NOT NULL,
  tenant VARCHAR NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  verdict VARCHAR NOT NULL,
  agreed INTEGER NOT NULL,
  explained INTEGER NOT NULL,
  unexplained INTEGER NOT NULL,
  rules VARCHAR[] NOT NULL,
  differences VARCHAR NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL
);
