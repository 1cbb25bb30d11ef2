"""Verifying a lake and what is published of it."""

from made_calls import queue_call
from made_installation import Installation

from warehouse.refresh import Refresher
from warehouse.verify import in_words, verify


def test_what_was_loaded_and_published_is_right_until_somebody_changes_it(installation: Installation) -> None:
    refresher = Refresher(installation.catalog, installation.source, installation.data, ("UTC", "Europe/Berlin"))
    installation.write(queue_call(1), queue_call(2, tenant="other"))
    refresher.refresh()
    refresher.maintain()
    with installation.lake() as lake:
        said: list[str] = []
        found = verify(lake, installation.data, said.append)
        assert (found.rows, found.files) == ([], [])
        assert said[-1] == "verifying what is published for other"
        lake.execute("UPDATE lake.q15 SET answered = answered + 1 WHERE tenant = 'default'")
        lake.execute("DELETE FROM lake.legs WHERE tenant = 'other'")
        found = verify(lake, installation.data)
    assert {it.table for it in found.rows} == {"q15", "agent15"}
    told = in_words(found.rows)
    assert any(
        it.startswith("q15 default pbx1 support ") and it.endswith(": answered is 2, counted anew 1") for it in told
    )
    assert any(it.startswith("agent15 other ") for it in told)
    assert found.files == ["other: legs has 1 rows, the lake 0"]
    installation.write(queue_call(3))
    installation.load()
    with installation.lake() as lake:
        assert "default: loads after 1 are not published yet" in verify(lake, installation.data).files
    refresher.close()
