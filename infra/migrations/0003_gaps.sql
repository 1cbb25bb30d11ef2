-- A gap in what was heard is written when it begins and again when it ends: one row for each start of a source's. What was lost in
-- Kafka is known by its offsets and written once.
CREATE UNIQUE INDEX gaps_once ON gaps (pbx, source, started_at) WHERE source <> 'kafka';
