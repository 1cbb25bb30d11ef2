"""api/privacy/words.py: each step in its order, and what it waits for in a sentence."""

import pytest

from api.privacy.words import NOT_BEGUN, TITLES, steps_of


def row(status: str = "waiting", **detail: object) -> dict[str, object]:
    """A row of the table."""
    return {"status": status, "detail": detail, "changed_at": None}


def test_steps_are_told_in_their_order_begun_or_not() -> None:
    steps = steps_of({"more": row(), "lake": row(), "tables": row("done")}, is_done=False)
    assert [step.name for step in steps] == [*TITLES, "more"]
    assert [step.is_done for step in steps] == [True, *[False] * 5]
    assert [step.waits_for for step in steps[:3]] == ["", "Is being worked on.", NOT_BEGUN]
    assert all(step.is_done and not step.waits_for for step in steps_of({"log": row(waiting=["a"])}, is_done=True))


@pytest.mark.parametrize(
    ("name", "detail", "words"),
    [
        ("recordings", {"left": 1}, "1 recording is still to be deleted."),
        ("recordings", {"left": 1200}, "1,200 recordings are still to be deleted."),
        ("check", {"inHand": 2}, "2 calls are not over yet, or just ended."),
        ("check", {"inHand": 0, "leftovers": 2}, "2 files of interrupted work will be removed within minutes."),
        ("log", {"waiting": ["a 1", "b 2", "c 3", "d 4"]}, "once they are over: a 1, b 2, c 3 and more."),
        ("log", {"left": 3, "waiting": ["a 1"]}, "3 days are still to be looked through."),
        ("log", {"left": 0, "waiting": []}, "Is being worked on."),
    ],
)
def test_what_is_waited_for_is_a_sentence(name: str, detail: dict[str, object], words: str) -> None:
    (step,) = [each for each in steps_of({name: row(**detail)}, is_done=False) if each.name == name]
    assert step.waits_for.endswith(words)
