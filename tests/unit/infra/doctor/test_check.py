"""A check's spots become findings, and the worst of them the exit code."""

from infra.doctor.check import MOST_SPOTS, Check, Finding, Severity, Spot, Topic, examine, exit_code, worst


def check(*spots: Spot, seen: bool = True) -> Check[None]:
    """One that finds these."""
    return Check("x", Topic.PARTS, Severity.WEAK, "Fine", "Bad", "Mend it.", lambda _: list(spots) if seen else None)


def test_nothing_found_is_said() -> None:
    assert examine([check()], None) == [Finding("x", Topic.PARTS, Severity.OK, "Fine")]


def test_what_cannot_be_seen_is_said_and_changes_no_exit_code() -> None:
    found = examine([check(seen=False)], None)
    assert [one.severity for one in found] == [Severity.UNSEEN]
    assert exit_code(found) == 0


def test_a_spot_says_where_what_and_how_bad() -> None:
    found = examine([check(Spot("a:1", "this"), Spot("a:2", severity=Severity.WRONG))], None)
    assert found[0] == Finding("x", Topic.PARTS, Severity.WRONG, "Bad", "a:2", "Mend it.")
    assert found[1] == Finding("x", Topic.PARTS, Severity.WEAK, "Bad: this", "a:1", "Mend it.")
    assert (worst(found), exit_code(found), exit_code(found[1:])) == (Severity.WRONG, 2, 1)


def test_many_spots_are_a_few_and_a_number() -> None:
    found = examine([check(*(Spot(f"a:{line}") for line in range(200)))], None)
    assert len(found) == MOST_SPOTS + 1
    assert found[-1].what == f"Bad, in {200 - MOST_SPOTS} more places"
