"""The SQL of the set-based form of `calls.queue_log_story`, in the order in which it is executed.

The rules are told there; here is only how they are said for all calls at once. Times are milliseconds since 1970 until
the last four steps. A line is named by its number `n`, a stay by the number of the line that opened it, a call by that
of its first line.
"""

from collections.abc import Iterable

from asterisk.fields import UNKNOWN
from asterisk.queue_log import NAMES, PLAIN_LINE
from calls.queue_log_story import (
    CAME_UP,
    ENDING,
    LEAVING,
    NEVER_ENTERED,
    NO_CALLS,
    NOBODY_TALKS,
    NOBODY_WAITS,
    OPENING,
    OVER,
    SILENT_MS,
    TOLD,
)
from warehouse.duck import quoted
from warehouse.queue_log_lines import MOST_SEPARATORS

# The one number and the one text that are told of a verb, by their names in its layout.
NUMBER = {
    "ENTERQUEUE": "position", "CONNECT": "ring_s", "RINGNOANSWER": "ring_ms", **dict.fromkeys(ENDING, "talk_s")
}  # fmt: skip
TEXT = {"ENTERQUEUE": "caller_id", "BLINDTRANSFER": "extension"}

_HEAD = ("time", "callid", "queue", "agent", "verb")
_DATA = tuple(f"d{place}" for place in range(1, MOST_SEPARATORS - len(_HEAD) + 2))


def _one_of(words: Iterable[str]) -> str:
    return f"({', '.join(map(quoted, words))})"


def _datum(names: dict[str, str]) -> str:
    """The column in which each of these verbs has what is named."""
    cases = (f"WHEN {quoted(verb)} THEN {_DATA[NAMES[verb].index(name)]}" for verb, name in names.items())
    return f"CASE verb {' '.join(cases)} END"


_TOLD, _OPENING, _ENDING, _LEAVING = map(_one_of, (sorted(TOLD), OPENING, ENDING, ("CONNECT", *LEAVING)))

_TELLS = f"(verb IN {_TOLD} AND callid NOT IN {_one_of(NO_CALLS)})"

MACROS = f"""
CREATE OR REPLACE TEMP MACRO cleaned(it) AS CASE WHEN it = {quoted(UNKNOWN)} THEN '' ELSE it END;
CREATE OR REPLACE TEMP MACRO instant(ms) AS make_timestamp(ms * 1000);
CREATE OR REPLACE TEMP MACRO name_based(hex) AS
  -- RFC 9562, version 5, in the namespace of URLs, of a SHA-1 in hexadecimal digits.
  concat_ws('-', hex[1:8], hex[9:12], '5' || hex[14:16],
    '89ab'[1 + ('0x' || hex[17])::INTEGER % 4] || hex[18:20], hex[21:32]);
CREATE OR REPLACE TEMP MACRO call_uuid(call_id) AS
  name_based(sha1(unhex('6ba7b8119dad11d180b400c04fd430c8') || encode(call_id)))
"""

# Fields that are missing are null, empty ones are empty: no text holds a NUL.
LINES = f"""
CREATE OR REPLACE TEMP TABLE line AS
SELECT row_number() OVER () AS n, try_cast(time AS BIGINT) AS t, cleaned(callid) AS callid, cleaned(queue) AS queue,
  cleaned(agent) AS agent, verb, try_cast({_datum(NUMBER)} AS INTEGER) AS number, cleaned({_datum(TEXT)}) AS text,
  coalesce(
    regexp_full_match(concat_ws('|', time, verb, {", ".join(_DATA)}), {quoted(PLAIN_LINE)})
    OR verb NOT IN {_one_of(NAMES)} AND verb <> '' AND regexp_full_match(time, '[0-9]{{10}}'), false) AS plain,
  {_TELLS} AS tells
FROM read_csv(?, delim = '|', quote = '', escape = '', comment = '', nullstr = '\x01', header = false, skip = 0,
  auto_detect = false, null_padding = true, strict_mode = false, new_line = '\\n',
  columns = {{{", ".join(f"'{name}': 'VARCHAR'" for name in _HEAD + _DATA)}}})
"""

_FOUND = (
    "DELETE FROM line WHERE NOT plain",
    f"INSERT INTO line BY NAME SELECT *, true AS plain, {_TELLS} AS tells FROM odd",
    "CREATE OR REPLACE TEMP VIEW told AS SELECT * REPLACE (t * 1000 AS t) FROM line WHERE tells",
    f"CREATE OR REPLACE TEMP TABLE came_up AS SELECT n, t * 1000 AS t FROM line WHERE verb = {quoted(CAME_UP)}",
    "SET VARIABLE newest = (SELECT max(t) * 1000 FROM line)",
    # `cut` and `cut_t`: the line, if any, that says that the PBX came up anew since.
    f"""
    CREATE OR REPLACE TEMP TABLE caller AS
    SELECT mine.*, came_up.n AS cut, came_up.t AS cut_t FROM (
      SELECT callid, min(n) AS call, min(n) FILTER (verb IN {_OPENING}) AS opening,
        count(*) FILTER (verb IN {_OPENING}) AS openings,
        any_value(queue) FILTER (verb = 'ENTERQUEUE') AS entered, max(t) - min(t) AS span
      FROM told GROUP BY callid
    ) AS mine ASOF LEFT JOIN came_up ON mine.call < came_up.n
    """,
)

# Each line's `stay`, which is the newest in its queue, and the `newest` of its caller in any. Most calls have one: only
# the others, and those with a long silence, need window functions, which cost three times as much as all else; for what
# is `several` later, too.
_PLACED = (
    f"""
    CREATE OR REPLACE TEMP TABLE placed AS
    SELECT n, t, call, verb, CASE WHEN n >= opening AND queue = entered THEN opening END AS stay,
      CASE WHEN n >= opening THEN opening END AS newest, coalesce(n > cut, false) AS over, false AS several
    FROM told JOIN caller USING (callid) WHERE openings = 1 AND span < {SILENT_MS}
    UNION ALL
    SELECT n, t, call, verb, stay, newest, coalesce(n > cut, false) OR bool_or(silent) OVER upto AS over, true
    FROM (
      SELECT n, t, call, cut, verb,
        max(n) FILTER (verb = 'ENTERQUEUE') OVER (PARTITION BY call, queue ORDER BY n) AS stay,
        max(n) FILTER (verb IN {_OPENING}) OVER upto AS newest,
        coalesce(t - max(t) OVER before >= {SILENT_MS}, false) AS silent
      FROM told JOIN caller USING (callid) WHERE openings <> 1 OR span >= {SILENT_MS}
      WINDOW upto AS (PARTITION BY call ORDER BY n),
        before AS (PARTITION BY call ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) WINDOW upto AS (PARTITION BY call ORDER BY n)
    """,
)

# The stays, with the first line that ends the wait (`left`) and the first thereafter that ends the talk (`done`).
_STAYS = (
    f"""
    CREATE OR REPLACE TEMP TABLE wait AS
    SELECT stay, any_value(call) AS call, min(n) FILTER (verb IN {_LEAVING} AND newest = stay) AS left_n,
      bool_or(several) AS several
    FROM placed WHERE stay IS NOT NULL AND NOT over GROUP BY stay
    UNION ALL
    SELECT n, call, n, several FROM placed WHERE verb IN {_OPENING} AND verb <> 'ENTERQUEUE' AND NOT over
    """,
    f"""
    CREATE OR REPLACE TEMP TABLE talk AS
    SELECT wait.stay, min(done.n) AS done_n
    FROM wait JOIN placed AS connected ON connected.n = wait.left_n AND connected.verb = 'CONNECT'
    JOIN placed AS done ON done.stay = wait.stay AND done.n > wait.left_n AND done.verb IN {_ENDING} AND NOT done.over
    GROUP BY wait.stay
    """,
    f"""
    CREATE OR REPLACE TEMP TABLE stays AS
    SELECT wait.stay, wait.call, wait.several, wait.ordinal,
      entered.callid, entered.queue, entered.t AS entered_t, entered.verb = 'ENTERQUEUE' AS waits,
      nullif(entered.number, 0) AS position, nullif(entered.text, '') AS caller,
      wait.left_n, "left".t AS left_t, "left".verb AS how, "left".agent, "left".number AS ring_s,
      done.t AS done_t, done.verb AS done, done.number * 1000 AS talked, done.text AS extension
    FROM (
      SELECT *, 0 AS ordinal FROM wait WHERE NOT several UNION ALL
      SELECT *, row_number() OVER (PARTITION BY call ORDER BY stay) - 1 FROM wait WHERE several
    ) AS wait
    JOIN (FROM told WHERE verb IN {_OPENING}) AS entered ON entered.n = wait.stay
    LEFT JOIN (FROM told WHERE verb IN {_LEAVING} OR verb IN {_OPENING}) AS "left" ON "left".n = wait.left_n
    LEFT JOIN talk ON talk.stay = wait.stay
    LEFT JOIN (FROM told WHERE verb IN {_ENDING}) AS done ON done.n = talk.done_n
    """,
)

# How each call ended: `ended`, `silent` and `cut` as the rules say, `open`: not yet. `ends` is the last word of it.
_CALLS = (
    f"""
    CREATE OR REPLACE TEMP TABLE calls AS
    SELECT *, newest - heard_t < {SILENT_MS} AS goes_on,
      CASE WHEN NOT open THEN 'ended' WHEN coalesce(cut_t, newest) - heard_t >= {SILENT_MS} THEN 'silent'
        WHEN cut_t IS NOT NULL THEN 'cut' ELSE 'open' END AS fate
    FROM (
      SELECT call, any_value(callid) AS callid, arg_min(queue, stay) AS first_queue,
        arg_min(entered_t, stay) AS started_t, arg_min_null(caller, stay) AS caller,
        max(stay) FILTER (waits) AS last_entered,
        arg_max_null(how, stay) AS last_how,
        bool_or(left_n IS NULL OR how = 'CONNECT' AND done IS NULL) AS open,
        arg_min(left_t, left_n) FILTER (how = 'CONNECT') AS answered_t,
        greatest(max(entered_t), max(left_t), max(done_t), max(left_t + talked)) AS said_t
      FROM stays GROUP BY call
    ) JOIN (
      SELECT call, max(t) AS heard_t, max(t) FILTER (verb = 'RINGNOANSWER' AND stay IS NOT NULL) AS rang_t
      FROM placed WHERE NOT over GROUP BY call
    ) USING (call)
    JOIN (SELECT call, cut_t FROM caller) USING (call),
    (SELECT getvariable('newest') AS newest)
    """,
    # What this slice tells of, and when what was open came to its end.
    """
    CREATE OR REPLACE TEMP TABLE over_now AS
    SELECT *, coalesce(tenants.it, getvariable('default_tenant')) AS tenant_id, greatest(said_t, rang_t) AS ends,
      CASE fate WHEN 'cut' THEN cut_t WHEN 'silent' THEN ends END AS stopped_t,
      getvariable('pbx') || ':' || callid AS call_id
    FROM calls LEFT JOIN tenants ON tenants.known = first_queue
    WHERE fate <> 'open' AND (NOT goes_on OR getvariable('last'))
    """,
    f"""
    CREATE OR REPLACE TEMP TABLE refused AS
    SELECT n, CASE WHEN over THEN {quoted(OVER)} WHEN stay IS NULL THEN {quoted(NEVER_ENTERED)}
      WHEN verb IN {_ENDING} THEN {quoted(NOBODY_TALKS)} ELSE {quoted(NOBODY_WAITS)} END AS reason
    FROM placed
    WHERE over OR verb NOT IN {_OPENING} AND (stay IS NULL OR verb <> 'RINGNOANSWER'
      AND n NOT IN (SELECT left_n FROM wait WHERE left_n IS NOT NULL) AND n NOT IN (SELECT done_n FROM talk))
    """,
    # With the calls that somebody may speak of again goes what said that they are over.
    """
    CREATE OR REPLACE TEMP TABLE carried AS
    SELECT n FROM placed
    WHERE call IN (SELECT call FROM calls WHERE goes_on) AND n NOT IN (SELECT n FROM refused)
    UNION
    SELECT cut FROM caller WHERE cut IS NOT NULL AND call IN (SELECT call FROM calls WHERE goes_on)
    """,
)

_ROWS = (
    """
    CREATE OR REPLACE TEMP TABLE legs AS
    SELECT call_id, tenant_id, call, stays.nth AS ordinal, stays.ordinal AS stint,
      agent, coalesce(interfaces.it, agent) AS interface, left_t - ring_s * 1000 AS rang_t, left_t AS answered_t,
      greatest(left_t, coalesce(left_t + talked, stopped_t)) AS ended_t,
      CASE done WHEN 'COMPLETECALLER' THEN 'caller' WHEN 'COMPLETEAGENT' THEN 'agent' ELSE
        CASE WHEN done IS NULL THEN 'system' ELSE 'transfer' END END AS ended_by,
      CASE done WHEN 'BLINDTRANSFER' THEN 'blind' WHEN 'ATTENDEDTRANSFER' THEN 'attended' END AS transfer_kind,
      CASE done WHEN 'BLINDTRANSFER' THEN extension WHEN 'ATTENDEDTRANSFER' THEN '' END AS transfer_to
    FROM (
      SELECT *, 0 AS nth FROM stays WHERE how = 'CONNECT' AND NOT several UNION ALL
      SELECT *, row_number() OVER (PARTITION BY call ORDER BY left_n) - 1 FROM stays WHERE how = 'CONNECT' AND several
    ) AS stays JOIN over_now USING (call) LEFT JOIN interfaces ON interfaces.known = agent
    """,
    """
    CREATE OR REPLACE TEMP TABLE sessions AS
    SELECT call_id, tenant_id, caller, started_t, answered_t,
      CASE fate WHEN 'cut' THEN greatest(cut_t, started_t) ELSE ends END AS ended_t,
      CASE WHEN fate = 'cut' THEN 'failed' WHEN answered_t IS NOT NULL THEN 'answered'
        WHEN last_how = 'ABANDON' THEN 'abandoned' WHEN last_how = 'EXITWITHTIMEOUT' THEN 'timeout' ELSE 'other'
        END AS outcome,
      coalesce(agent_ids.it, worked.interface) AS agent_id, worked.talk / 1000 AS duration
    FROM over_now LEFT JOIN (
      SELECT call, arg_max(interface, ordinal) AS interface, sum(ended_t - answered_t) AS talk FROM legs GROUP BY call
    ) AS worked USING (call) LEFT JOIN agent_ids ON agent_ids.known = worked.interface
    """,
)

STEPS = (*_FOUND, *_PLACED, *_STAYS, *_CALLS, *_ROWS)
"""What is done after LINES and with the table `odd`, each in one statement."""

ROWS = {
    "call_sessions": """
        SELECT call_uuid(call_id) AS id, call_id, getvariable('pbx') AS pbx, tenant_id, 'inbound' AS direction,
          caller AS from_number, NULL AS from_name, NULL AS to_number, 'ENDED' AS status, 'final' AS certainty,
          NULL AS merged_into, instant(started_t) AS started_at, instant(answered_t) AS answered_at,
          instant(ended_t) AS ended_at, NULL AS hangup_cause, outcome, agent_id, duration,
          instant(started_t) AS created_at, 0 AS version
        FROM sessions
        """,
    "stints": """
        SELECT call_id, ordinal, tenant_id, stays.callid AS uniqueid, queue, instant(entered_t) AS entered_at,
          instant(coalesce(left_t, stopped_t)) AS left_at, position,
          CASE how WHEN 'CONNECT' THEN 'answered' WHEN 'ABANDON' THEN 'abandoned' WHEN 'EXITWITHTIMEOUT' THEN 'timeout'
            WHEN 'EXITEMPTY' THEN 'exit_empty' WHEN 'WITHDRAW' THEN 'withdrawn' WHEN 'JOINEMPTY' THEN 'join_empty'
            WHEN 'FULL' THEN 'full'
            -- That a key was pressed is known by what follows: another stay, or an orderly end.
            WHEN 'EXITWITHKEY' THEN CASE WHEN fate = 'ended' OR stay < last_entered THEN 'exit_key' END
            END AS outcome,
          greatest(0, coalesce(left_t, stopped_t) - entered_t) / 1000 AS wait_s,
          CASE how WHEN 'CONNECT' THEN agent END AS agent
        FROM stays JOIN over_now USING (call)
        """,
    "legs": """
        SELECT call_id, ordinal, tenant_id, stint, agent, interface, instant(rang_t) AS rang_at,
          instant(answered_t) AS answered_at, instant(ended_t) AS ended_at,
          (ended_t - answered_t) / 1000 AS talk_s, 0 AS hold_s, 0 AS holds, ended_by, transfer_kind,
          transfer_to, NULL AS mos, NULL AS mos_method
        FROM legs
        """,
    "missed_rings": """
        SELECT call_id, row_number() OVER (PARTITION BY placed.call ORDER BY n) - 1 AS ordinal, tenant_id,
          CASE WHEN stays.left_n < n THEN NULL ELSE stays.ordinal END AS stint, told.agent,
          coalesce(interfaces.it, told.agent) AS interface, instant(told.t - number) AS rang_at, number / 1000 AS ring_s
        FROM told JOIN placed USING (n) JOIN stays ON stays.stay = placed.stay
        JOIN over_now ON over_now.call = placed.call LEFT JOIN interfaces ON interfaces.known = told.agent
        WHERE told.verb = 'RINGNOANSWER' AND NOT over
        """,
}
"""What is told, as rows of PostgreSQL's tables of these names."""
