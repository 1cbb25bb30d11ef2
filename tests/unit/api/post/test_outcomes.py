"""api/post/outcomes.py: who is tried again, and who never is."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api.post.forms import Status
from api.post.outcomes import UNKNOWN, Job, Outcome, Owner, outcome_of, put_off
from api.post.sender import PAUSES_S, Tried
from api.roles import Role
from calls.ranges import Every, Timing

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
TIMING = Timing(Every.DAY, time(7), ZoneInfo("UTC"))
OWNER = Owner("u", "Petra", Role.MANAGER, True)
JOB = Job(
    *(
        "j",
        "default",
        "s",
        "queues",
        "",
        "csv",
        TIMING,
        NOW,
        False,
        ("a@b", "c@d", "e@f"),
        0,
        OWNER,
        Status.SENDING,
        NOW,
    )
)


def test_who_was_put_off_is_tried_again_and_nobody_else() -> None:
    tried = Tried(("a@b",), {"c@d": "550 nobody"}, {"e@f": "451 later"})
    outcome = outcome_of(JOB, tried, NOW)
    assert outcome == Outcome(
        *(Status.ACCEPTED, "Put off by the mail server: 451 later.", ("e@f",), ("a@b",), {"c@d": "550 nobody"}),
        NOW + timedelta(seconds=PAUSES_S[0]),
    )
    last = outcome_of(replace(JOB, tries=len(PAUSES_S)), tried, NOW)
    assert (last.status, last.taken, last.refused) == (Status.SENT, ("a@b",), {**tried.refused, **tried.later})


def test_taken_refused_and_unknown() -> None:
    assert outcome_of(JOB, Tried(JOB.waiting), NOW) == Outcome(Status.SENT, taken=JOB.waiting)
    nobody = outcome_of(JOB, Tried((), dict.fromkeys(JOB.waiting, "550 no")), NOW)
    assert (nobody.status, nobody.detail) == (Status.FAILED, "The mail server took it for nobody: 550 no.")
    unknown = outcome_of(JOB, Tried((), {}, {"c@d": "451 later"}, is_unknown=True, words="lost"), NOW)
    assert (unknown.status, unknown.waiting, unknown.look_at) == (Status.UNKNOWN, ("a@b", "e@f"), None)
    assert unknown.detail == f"lost. {UNKNOWN}" and unknown.refused == {"c@d": "451 later"}


def test_what_could_not_be_made_is_made_again_a_few_times() -> None:
    pauses = [put_off(replace(JOB, tries=tries), "Away.", NOW).look_at for tries in range(len(PAUSES_S))]
    assert pauses == [NOW + timedelta(seconds=each) for each in PAUSES_S]
    over = put_off(replace(JOB, tries=len(PAUSES_S)), "Away.", NOW)
    assert over == Outcome(Status.FAILED, "Away. It was tried 4 times.", JOB.waiting)


def test_where_some_had_it_before_it_was_sent_all_the_same() -> None:
    some = replace(JOB, taken=("x@y",), tries=len(PAUSES_S))
    assert put_off(some, "Away.", NOW).status is Status.SENT
    assert outcome_of(some, Tried((), dict.fromkeys(JOB.waiting, "550 no")), NOW).status is Status.SENT


@given(st.sets(st.sampled_from(JOB.waiting)), st.sets(st.sampled_from(JOB.waiting)), st.booleans(), st.integers(0, 5))
def test_nobody_who_may_have_it_is_tried_again(taken: set[str], later: set[str], lost: bool, tries: int) -> None:
    rest = {each: "550 no" for each in JOB.waiting if each not in taken | later}
    tried = Tried(tuple(taken - later), {} if lost else rest, dict.fromkeys(later, "451"), is_unknown=lost)
    outcome = outcome_of(replace(JOB, tries=tries), tried, NOW)
    if outcome.status is Status.ACCEPTED:
        assert set(outcome.waiting) <= later and not lost and outcome.look_at is not None
    else:
        assert outcome.look_at is None
    # Everybody is accounted for, once.
    assert sorted([*outcome.waiting, *outcome.taken, *outcome.refused]) == sorted(JOB.waiting)
