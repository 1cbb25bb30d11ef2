-- How far the numbers can be trusted: gaps in what was heard, corrections, what is provisional yet, and the reconciliation.
-- Grain: interval_start, pbx
-- Options: interval
-- Column interval_start: Start of the interval in which the calls began; of the whole range if none was asked for
-- Column pbx: The PBX
-- Column calls: Calls that are over
-- Column provisional: Of them, not yet confirmed by the PBX's own files
-- Column provisional_share: Of calls, 0 to 1
-- Column corrected: Calls that the files put right
-- Column appeared: Of them, calls that were not heard of at all
-- Column compared: Calls held against the PBX's files
-- Column agree: Of them, equal in every fact
-- Column explained: Of them, different by a named rule
-- Column unexplained: Of them, different and nothing says why
-- Column gaps: Gaps that touch the interval
-- Column gap_s: Seconds of the interval in which a source was not heard, each source by itself
-- Check: provisional <= calls
-- Check: compared = agree + explained + unexplained
-- Check: gap_s >= 0
WITH found AS (
  SELECT interval_start, pbx, calls, provisional, corrected, appeared, compared, agree, explained, unexplained FROM trust_cells
  UNION ALL BY NAME
  SELECT interval_start, pbx, count(DISTINCT id) AS gaps, sum(seconds) AS gap_s FROM gap_parts GROUP BY interval_start, pbx
), summed AS (
  SELECT interval_start, pbx,
    coalesce(sum(calls), 0)::BIGINT AS calls, coalesce(sum(provisional), 0)::BIGINT AS provisional, coalesce(sum(corrected), 0)::BIGINT AS corrected,
    coalesce(sum(appeared), 0)::BIGINT AS appeared, coalesce(sum(compared), 0)::BIGINT AS compared, coalesce(sum(agree), 0)::BIGINT AS agree,
    coalesce(sum(explained), 0)::BIGINT AS explained, coalesce(sum(unexplained), 0)::BIGINT AS unexplained, coalesce(sum(gaps), 0)::BIGINT AS gaps,
    round(coalesce(sum(gap_s), 0), 3) AS gap_s
  FROM found GROUP BY interval_start, pbx
)
SELECT interval_start, pbx, calls, provisional, provisional / nullif(calls, 0) AS provisional_share, corrected, appeared,
  compared, agree, explained, unexplained, gaps, gap_s
FROM summed
ORDER BY interval_start, pbx
