"""The letter that a report comes with: what it is about, its head figures, and why one gets it. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from api.post.due import late_words
from api.post.letters import Attachment, Letter
from calls.ranges import Every


class Figure(Struct, frozen=True):
    """A head figure as the page prints it."""

    title: str
    value: str
    note: str = ""


class Summary(Struct, frozen=True):
    """What a page says of itself: `about` are names and values, of which one is `Range`."""

    title: str
    about: list[tuple[str, str]]
    figures: list[Figure]


class Occasion(Struct, frozen=True):
    """Why a letter is written: which sending, for whom, since when it is due, and by whose wish."""

    id: str
    recipients: tuple[str, ...]
    due_at: datetime
    zone: ZoneInfo
    every: Every
    owner: str
    asked_at_once: bool


OFTEN = {Every.DAY: "each day", Every.WEEK: "each week", Every.MONTH: "each month"}


def report_letter(summary: Summary, file: Attachment, occasion: Occasion, now: datetime) -> Letter:
    """The letter, with the file."""
    about = dict(summary.about)
    late = "" if occasion.asked_at_once else late_words(occasion.due_at, now, occasion.zone)
    facts = " · ".join(f"{name}: {value}" for name, value in summary.about if name != "State" and value)
    paragraphs = (
        f"{summary.title}, {about.get('Range', '')}".rstrip(", ") + f". The file {file.name} is attached.",
        facts,
        about.get("State", ""),
        late,
    )
    figures = tuple(
        (each.title, f"{each.value} ({each.note})" if each.note else each.value) for each in summary.figures
    )
    return Letter(
        id=occasion.id,
        subject=f"{summary.title}: {about.get('Range', '')}".rstrip(": "),
        recipients=occasion.recipients,
        paragraphs=tuple(each for each in paragraphs if each),
        figures=figures,
        footer=_footer(occasion),
        attachments=(file,),
    )


def _footer(occasion: Occasion) -> str:
    how = "now" if occasion.asked_at_once else OFTEN[occasion.every]
    return (
        f"Sent by Trunkline, because {occasion.owner} has this report sent {how}. "
        "Managers change or stop it on the page Reports by mail."
    )
