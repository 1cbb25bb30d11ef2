"""infra/audit.py: what a walk along the chain finds. That PostgreSQL hashes the same is tested on a real one."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from infra.audit import BEGINNING, Row, hash_of, sentence, walk

AT = datetime(2026, 11, 22, 12, 0, 0, 123456, UTC)


def row(number: int, before: bytes, detail: str = "{}") -> Row:
    """A row that follows from the hash before it."""
    bare = Row(number, AT, "default", None, "", "queue.change", "pbx1:support", detail, before, b"")
    return replace(bare, hash=hash_of(bare))


def chain(length: int = 4) -> list[Row]:
    """A whole chain."""
    rows: list[Row] = []
    for number in range(1, length + 1):
        rows.append(row(number, rows[-1].hash if rows else BEGINNING, f'{{"n": {number}}}'))
    return rows


def test_a_whole_chain_holds() -> None:
    rows = chain()
    verdict = walk(rows)
    assert (verdict.rows, verdict.last_id, verdict.last_hash) == (4, 4, rows[-1].hash.hex())
    assert verdict.is_whole
    assert rows[-1].hash.hex() in sentence(verdict)
    assert walk([]).is_whole


@pytest.mark.parametrize(
    "change",
    [
        {"detail": '{"n": 3 }'},
        {"occurred_at": AT.replace(microsecond=123457)},
        {"user_id": "-"},
        {"tenant_id": "defaul", "user_name": "t"},
        {"action": "queue.changepbx1", "subject": ":support"},
        {"hash": bytes(32)},
    ],
    ids=str,
)
def test_the_first_changed_row_is_named(change: dict[str, object]) -> None:
    rows = chain()
    rows[2] = replace(rows[2], **change)
    verdict = walk(rows)
    assert verdict.broken is not None
    assert (verdict.broken.id, verdict.rows, verdict.is_whole) == (3, 2, False)
    assert sentence(verdict).startswith("Row 3 is broken: its content")


def test_a_row_that_was_taken_out_is_missed() -> None:
    rows = chain()
    verdict = walk([*rows[:1], *rows[3:]])
    assert verdict.broken is not None
    assert verdict.broken.reason == "rows 2 to 3 are missing before it"


def test_a_row_that_was_written_anew_with_its_hash_breaks_the_next() -> None:
    rows = chain()
    rows[1] = row(2, rows[0].hash, '{"n": 666}')
    verdict = walk(rows)
    assert verdict.broken is not None
    assert (verdict.broken.id, "replaced" in verdict.broken.reason) == (3, True)


def test_a_hash_from_before_tells_that_the_newest_rows_are_gone() -> None:
    rows = chain()
    known = rows[-1].hash.hex().upper()
    assert walk(rows, known).is_whole
    cut = walk(rows[:-1], known)
    assert (cut.broken, cut.has_known, cut.is_whole) == (None, False, False)
    assert "taken away" in sentence(cut)
