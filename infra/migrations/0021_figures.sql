-- Stints of a range of all queues are found by when they began. They come in that order, so a summary of each page range will do,
-- which costs next to nothing as they are written.
CREATE INDEX idx_stints_entered ON stints USING brin (entered_at) WITH (autosummarize = on);

-- The API counts stints of imported queues by their own thresholds, as the warehouse does.
ALTER TABLE imported_queues ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON imported_queues FOR SELECT TO trunkline_api USING (tenant_id = current_tenant());
CREATE POLICY importing ON imported_queues FOR ALL TO trunkline_warehouse USING (true) WITH CHECK (true);
GRANT SELECT ON imported_queues TO trunkline_api;
