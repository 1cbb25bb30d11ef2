"""api/post/report_letter.py: what stands in the letter of a report."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from api.post.letters import Attachment
from api.post.report_letter import Figure, Occasion, Summary, report_letter
from calls.ranges import Every

DUE = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
FILE = Attachment("trunkline-queues.csv", "text/csv", b"a")
SUMMARY = Summary(
    "Queues",
    [("Range", "26 Nov 2026"), ("Queues", "all"), ("State", "Calls changed up to 06:00")],
    [Figure("Service level", "81.6 %", "target 80 %"), Figure("Offered", "1,204")],
)
OCCASION = Occasion("0f", ("ann@example.com",), DUE, ZoneInfo("Europe/Berlin"), Every.WEEK, "Petra", False)


def test_it_says_what_it_is_about() -> None:
    letter = report_letter(SUMMARY, FILE, OCCASION, DUE)
    assert (letter.id, letter.subject, letter.recipients) == ("0f", "Queues: 26 Nov 2026", ("ann@example.com",))
    assert letter.paragraphs == (
        "Queues, 26 Nov 2026. The file trunkline-queues.csv is attached.",
        "Range: 26 Nov 2026 · Queues: all",
        "Calls changed up to 06:00",
    )
    assert letter.figures == (("Service level", "81.6 % (target 80 %)"), ("Offered", "1,204"))
    assert letter.attachments == (FILE,)
    assert "because Petra has this report sent each week" in letter.footer


def test_late_is_said_unless_somebody_asked_for_it_at_once() -> None:
    late = DUE + timedelta(hours=3)
    assert "is sent late" in report_letter(SUMMARY, FILE, OCCASION, late).paragraphs[-1]
    asked = report_letter(SUMMARY, FILE, replace(OCCASION, asked_at_once=True), late)
    assert "late" not in str(asked.paragraphs) and "sent now" in asked.footer


def test_a_page_that_says_little_is_a_letter_all_the_same() -> None:
    letter = report_letter(Summary("Queues", [], []), FILE, OCCASION, DUE)
    assert (letter.subject, letter.figures) == ("Queues", ())
    assert letter.paragraphs == ("Queues. The file trunkline-queues.csv is attached.",)
