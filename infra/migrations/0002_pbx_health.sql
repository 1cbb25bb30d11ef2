-- How fresh what is known of each PBX is: written by the stream processor in the transaction that applies its events.
-- `applied_at`: when everything that Kafka held of it was last known to be applied; `last_event_at`: when the ingester received the
-- last applied event; `version`: how many events were applied.
CREATE TABLE pbx_health (
  pbx text PRIMARY KEY,
  applied_at timestamptz NOT NULL,
  last_event_at timestamptz NOT NULL,
  version bigint NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON pbx_health TO trunkline_streams;
GRANT SELECT ON pbx_health TO trunkline_api, trunkline_warehouse;
