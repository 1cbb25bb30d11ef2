"""api/privacy/export_words.py: the file says what each of its parts is."""

from datetime import UTC, datetime

from api.privacy.export_words import FILES, readme


def test_every_part_is_told_of() -> None:
    said = readme("+49 30 55512345", "an-id", datetime(2026, 11, 22, 13, 0, tzinfo=UTC))
    assert all(name in said for name in (*FILES, "calls.csv", "person.json", "recordings/", "an-id"))
    assert max(map(len, said.splitlines())) < 125
