-- The API tells a PBX of which nothing waits from one that nobody applies, also while no stream worker runs: it compares what was applied
-- of the PBX's partition with the end of the log.
GRANT SELECT ON pbx_partitions, sink_offsets TO trunkline_api;
