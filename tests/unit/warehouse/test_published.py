"""The note on what is published, and the files' places."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.published import NOTHING, Made, Published, marts_path, read_published, write_published

DATA = Path("/data")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "marts").mkdir()
    note = Published(
        loads={"default": 3}, watermark=datetime(2026, 11, 22, tzinfo=UTC), made={"default": Made(2, 4096)}
    )
    write_published(tmp_path, note)
    assert read_published(tmp_path) == note
    assert [path.name for path in (tmp_path / "marts").iterdir()] == ["published.json"]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"layout": 0, "loads": {"default": 3}}'])
def test_no_note_a_broken_one_and_one_of_another_layout_say_that_nothing_is_published(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "marts").mkdir()
        (tmp_path / "marts" / "published.json").write_bytes(content)
    assert read_published(tmp_path) == NOTHING


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(names, names)
def test_any_tenant_has_a_file_of_its_own_right_in_the_folder(one: str, other: str) -> None:
    assert marts_path(DATA, one).parent == DATA / "marts"
    assert marts_path(DATA, one).suffix == ".duckdb"
    assert (marts_path(DATA, one) == marts_path(DATA, other)) == (one == other)


@pytest.mark.parametrize("tenant", ["../../etc/passwd", "..", "a/b", "a\0b", ".hidden"])
def test_no_tenants_name_leads_out_of_the_folder(tenant: str) -> None:
    path = marts_path(DATA, tenant)
    assert path.parent == DATA / "marts"
    assert "/" not in path.name
    assert "\0" not in path.name
