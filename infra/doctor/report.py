"""Shows findings: to people, by what they are looking for and the worst first, and as JSON to programs."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.doctor.check import ORDER, Finding, Severity, Topic, worst

STYLES = {Severity.WRONG: "bold red", Severity.WEAK: "yellow", Severity.UNSEEN: "dim", Severity.OK: "green"}
# What a check of the code cannot see, and what the guide's troubleshooting begins with.
BY_HAND = (
    "At an agent's browser: the page may use the microphone (the sign beside the address), the right microphone and "
    "speaker are chosen, and a call to 600 (echo) is heard.",
    "On the way: SIP (UDP or TLS) and the RTP ports reach the PBX, the page is reached, and WebSockets pass the proxy.",
)


def as_json(findings: Sequence[Finding]) -> str:
    """All findings, with how many there are of each severity."""
    counts = Counter(finding.severity for finding in findings)
    body = {
        "worst": worst(findings).value,
        "counts": {severity.value: counts[severity] for severity in ORDER},
        "findings": msgspec.to_builtins(findings),
    }
    return json.dumps(body, indent=2)


def show(console: Console, findings: Sequence[Finding], *, everything: bool = False) -> None:
    """A table for each topic of what is amiss (`everything`: of what is well, too), and a sentence at the end."""
    for topic in Topic:
        shown = [one for one in findings if one.topic is topic and (everything or one.severity is not Severity.OK)]
        if shown:
            console.print(Text(f"\n{topic.value.capitalize()}", style="bold"))
            console.print(_table(sorted(shown, key=lambda one: -ORDER.index(one.severity))))
    if any(one.topic in (Topic.AUDIO, Topic.SOCKET) and one.severity is Severity.WRONG for one in findings):
        console.print(Text("\nTo look at by hand", style="bold"))
        for text in BY_HAND:
            console.print(Text(f"- {text}"))
    console.print(Text(f"\n{summary(findings)}"))


def _table(findings: Iterable[Finding]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        said = Text(finding.what)
        if finding.where:
            said.append(f"\nat {finding.where}", style="dim")
        if finding.mend:
            said.append(f"\n→ {finding.mend}")
        table.add_row(Text(finding.severity.value, style=STYLES[finding.severity]), finding.check, said)
    return table


def summary(findings: Sequence[Finding]) -> str:
    """How it stands, in one sentence."""
    counts = Counter(finding.severity for finding in findings)
    said = f"{counts[Severity.OK]} checks found nothing, {counts[Severity.WEAK]} weak, {counts[Severity.WRONG]} wrong"
    unseen = counts[Severity.UNSEEN]
    return f"{said}; {unseen} could not be looked at." if unseen else f"{said}."
