"""The spool keeps the newest form of each call, and gives them in order."""

from calls.call import Call
from streams.rebuild.spool import Derived, Span, Spool


def derived(name: str, started_at: int, to: str = "") -> Derived:
    return Derived(Call(name, "pbx", started_at, "default", to_number=to), None, started_at, [])


def test_calls_come_by_start_and_then_id_and_only_those_of_the_span() -> None:
    with Spool() as spool:
        for it in (derived("b", 2), derived("a", 2), derived("z", 1), derived("late", 3), derived("early", 0)):
            spool.put(it)
        spool.index()
        assert [it.call.linkedid for it in spool.ordered(Span(1, 3))] == ["z", "a", "b"]
        assert spool.count(Span(1, 3)) == 3


def test_a_later_form_takes_the_place_of_the_earlier_one_also_with_another_start() -> None:
    with Spool() as spool:
        spool.put(derived("a", 1))
        spool.put(derived("a", 9, "100"))
        assert spool.get("pbx:a") == derived("a", 9, "100")
        assert spool.get("pbx:b") is None
        assert list(spool.ordered(Span(0, 5))) == []
