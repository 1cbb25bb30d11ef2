"""Findings are shown with where and how to mend them, the worst first, and are JSON for programs."""

import json
from io import StringIO

from rich.console import Console

from infra.doctor.check import Finding, Severity, Topic
from infra.doctor.report import as_json, show, summary

FINDINGS = [
    Finding("a", Topic.AUDIO, Severity.OK, "All is heard"),
    Finding("b", Topic.AUDIO, Severity.WEAK, "It is faint", "rtp.conf:2", "Speak up."),
    Finding("c", Topic.AUDIO, Severity.WRONG, "Nothing is heard [1001]", "pjsip.conf:9", "Allow ulaw."),
    Finding("d", Topic.PARTS, Severity.UNSEEN, "Could not be looked at: Kafka answers"),
]


def shown(*, everything: bool = False) -> str:
    """What a person sees."""
    console = Console(file=StringIO(), width=120)
    show(console, FINDINGS, everything=everything)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_what_is_amiss_is_shown_the_worst_first_with_place_and_remedy() -> None:
    text = shown()
    assert text.index("Nothing is heard [1001]") < text.index("It is faint")
    assert "at pjsip.conf:9" in text and "→ Allow ulaw." in text
    assert "All is heard" not in text and "Could not be looked at" in text


def test_what_is_well_is_shown_when_asked_for() -> None:
    assert "All is heard" in shown(everything=True)


def test_what_a_program_cannot_see_is_said_where_audio_is_wrong() -> None:
    assert "microphone" in shown()


def test_the_end_is_one_sentence() -> None:
    assert summary(FINDINGS) == "1 checks found nothing, 1 weak, 1 wrong; 1 could not be looked at."
    assert summary(FINDINGS[:1]) == "1 checks found nothing, 0 weak, 0 wrong."


def test_json_has_all_of_it() -> None:
    told = json.loads(as_json(FINDINGS))
    assert told["worst"] == "wrong" and told["counts"]["unseen"] == 1
    assert told["findings"][2] == {
        "check": "c",
        "topic": "audio",
        "severity": "wrong",
        "what": "Nothing is heard [1001]",
        "where": "pjsip.conf:9",
        "mend": "Allow ulaw.",
    }
