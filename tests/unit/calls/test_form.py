"""The public form of a call."""

import msgspec
from msgspec.structs import replace
from stories import told
from told_lines import usual_call

from calls.form import call_form, call_of, call_uuid, iso


def test_times_are_iso_with_milliseconds() -> None:
    assert iso(1_795_360_512_007) == "2026-11-22T15:15:12.007Z"


def test_the_fields_of_the_form_and_their_order() -> None:
    told_ = told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 9.25 agent Alice transfers 3000")
    form = msgspec.json.decode(msgspec.json.encode(call_form(told_.call)))
    assert list(form) == [
        "call_id", "pbx", "tenant", "direction", "from_number", "from_name", "to_number", "status", "certainty",
        "merged_into", "started_at", "answered_at", "ended_at", "hangup_cause", "outcome", "stints", "legs", "missed",
        "recordings",
    ]  # fmt: skip
    assert (form["ended_at"], form["outcome"], form["from_number"]) == (None, None, "5551234")
    (leg,) = form["legs"]
    assert (leg["talk_s"], leg["hold_s"], leg["transfer"]) == (4.25, 0.0, {"kind": "blind", "to": "3000"})
    assert form["stints"][0]["wait_s"] == 4.0


def test_a_call_comes_back_from_its_form() -> None:
    ended = usual_call()
    held = replace(ended, legs=(replace(ended.legs[0], hold_ms=7000, holds=1, apart_ms=3000),))
    story = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice"
    transferred = told(f"{story}, 9.25 agent Alice transfers 3000").call
    for call in (told(story).call, transferred, ended, held):
        assert call_form(call_of(call_form(call))) == call_form(call)


def test_a_calls_row_id_follows_from_its_name() -> None:
    assert call_uuid("lab1:1") == call_uuid("lab1:1") != call_uuid("lab1:2")
