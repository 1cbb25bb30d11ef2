"""What reconciliation asks PostgreSQL for and keeps there: versions, gaps and corrections out, ledgers in.

Writes the table `reconciliations` and nothing else. Times are ms since the epoch.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import psycopg

from calls.file_events import FILES
from calls.ledger.books import Ledger
from calls.ledger.facts import Fact, Verdict
from calls.ledger.rules import AMI
from calls.settings import DEFAULT_TENANT
from calls.state import Gap
from warehouse.errors import LakeUnavailable
from warehouse.readback import CONNECT_SECONDS

_KEEP = """
    INSERT INTO reconciliations AS old (call_id, tenant_id, pbx, version, started_at, ended_at, verdict, agreed,
      explained, unexplained, rules, facts, differences)
    VALUES (%(call_id)s, %(tenant)s, %(pbx)s, %(version)s, %(started_at)s, %(ended_at)s, %(verdict)s, %(agree)s,
      %(explained)s, %(unexplained)s, %(rules)s, %(facts)s, %(differences)s)
    ON CONFLICT (call_id) DO UPDATE SET tenant_id = excluded.tenant_id, pbx = excluded.pbx, version = excluded.version,
      started_at = excluded.started_at, ended_at = excluded.ended_at, verdict = excluded.verdict,
      agreed = excluded.agreed, explained = excluded.explained, unexplained = excluded.unexplained,
      rules = excluded.rules, facts = excluded.facts, differences = excluded.differences, changed_at = clock_timestamp()
    WHERE (old.version, old.tenant_id, old.facts)
      IS DISTINCT FROM (excluded.version, excluded.tenant_id, excluded.facts)
"""
_NEW = """
    SELECT call.pbx, call.call_id, call.started_at FROM call_sessions AS call
      LEFT JOIN reconciliations AS book ON book.call_id = call.call_id
    WHERE call.certainty = 'final' AND call.started_at >= %s AND (book.version IS NULL OR book.version <> call.version)
"""
_VERSIONS = """
    SELECT call_id, version FROM call_sessions WHERE pbx = %s AND started_at >= %s AND started_at < %s
"""
_GAPS = """
    SELECT source, cause, started_at, ended_at FROM gaps
    WHERE pbx = %s AND coalesce(ended_at, 'infinity') >= %s AND started_at < %s
"""
# The first correction's old value is what AMI told, so the last ones come first.
_CORRECTIONS = """
    SELECT call_id, appeared, fields FROM corrections JOIN call_sessions AS call USING (call_id)
    WHERE pbx = %s AND started_at >= %s AND started_at < %s ORDER BY call_id, corrections.version DESC
"""


class Stored(NamedTuple):
    """Of a PBX and a span: versions by call id, gaps, and by call id what the files put right: (old, new) by field.

    Of a call that AMI had not told of at all that is `call`, with its begin.
    """

    versions: dict[str, int]
    gaps: list[Gap]
    corrections: dict[str, dict[str, Any]]


class LedgerStore:
    """The tables of one database, `source`, a postgresql:// URL. Every method raises LakeUnavailable."""

    def __init__(self, source: str) -> None:
        self.source = source

    def stored(self, pbx: str, start: datetime, end: datetime) -> Stored:
        """What is known of calls that started from `start` until before `end`, and the gaps that meet that span."""
        span = [pbx, start, end]
        with self._connected() as connection:
            versions: dict[str, int] = dict(connection.execute(_VERSIONS, span).fetchall())
            gaps = [_gap(*row) for row in connection.execute(_GAPS, span)]
            corrections: dict[str, dict[str, Any]] = {}
            for call_id, appeared, fields in connection.execute(_CORRECTIONS, span):
                mine = corrections.setdefault(call_id, {})
                if appeared:
                    corrections[call_id] = {"call": fields["started_at"]}
                    continue
                mine.update(
                    {path: (old, mine[path][1] if path in mine else new) for path, (old, new) in fields.items()}
                )
        return Stored(versions, gaps, corrections)

    def new(self, since: datetime) -> dict[str, dict[str, datetime]]:
        """The final calls that started since then and have no ledger of their present version: starts by id, by PBX."""
        found: dict[str, dict[str, datetime]] = {}
        with self._connected() as connection:
            for pbx, call_id, started_at in connection.execute(_NEW, [since]):
                found.setdefault(pbx, {})[call_id] = started_at
        return found

    def known(self, call_ids: Iterable[str]) -> set[str]:
        """Which of these are calls."""
        with self._connected() as connection:
            rows = connection.execute("SELECT call_id FROM call_sessions WHERE call_id = ANY(%s)", [list(call_ids)])
            return {call_id for (call_id,) in rows}

    def keep(self, found: Iterable[Ledger], versions: Mapping[str, int]) -> None:
        """Keep these ledgers in place of older ones of the same calls; one that is the same stays untouched."""
        rows = [ledger_row(ledger, versions.get(ledger.call_id, 0)) for ledger in found]
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.executemany(_KEEP, rows)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with psycopg.connect(self.source, connect_timeout=CONNECT_SECONDS) as connection:
                yield connection
        except psycopg.Error as error:
            raise LakeUnavailable(f"Ledgers cannot be kept: {error}\n`trunkline up` starts the database.") from error


def ledger_row(ledger: Ledger, version: int) -> dict[str, Any]:
    """A ledger as a row of `reconciliations`. One that only a file knows is the default tenant's."""
    return {
        "call_id": ledger.call_id,
        "tenant": ledger.tenant or DEFAULT_TENANT,
        "pbx": ledger.pbx,
        "version": version,
        "started_at": ledger.started_at,
        "ended_at": ledger.ended_at,
        "verdict": ledger.verdict.value,
        **{verdict.value: sum(fact.verdict is verdict for fact in ledger.facts) for verdict in Verdict},
        "rules": [rule.value for rule in ledger.rules],
        "facts": _json(ledger.facts),
        "differences": _json([fact for fact in ledger.facts if fact.verdict is not Verdict.AGREE]),
    }


def _json(facts: Sequence[Fact]) -> str:
    return msgspec.json.encode(facts).decode()


def _gap(source: str, cause: str, start: datetime, end: datetime | None) -> Gap:
    """What was lost on the way is as unheard as what AMI did not tell."""
    return Gap(source if source in FILES else AMI, cause, moment(start), None if end is None else moment(end))


def moment(at: datetime) -> int:
    """An instant in ms since the epoch."""
    return round(at.astimezone(UTC).timestamp() * 1000)
