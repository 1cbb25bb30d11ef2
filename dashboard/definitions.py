"""What each number on the pages means, in words: taken from calls.metrics, plus what only the live page has.

Pure. Must not define a metric: a formula that the warehouse also computes belongs into calls.metrics.
"""

from dataclasses import dataclass, replace

from calls.metric import Metric
from calls.metrics import (
    ABANDON_RATE,
    ABANDONED,
    AHT,
    ANSWERED,
    ASA,
    OFFERED,
    SERVICE_LEVEL,
    SL_ASTERISK,
    SL_BREAKOUTS,
    SL_CONNECT,
    SL_LATE_ABANDONS,
    SL_OFFERED,
)


@dataclass(frozen=True)
class Definition:
    """A number's name on the page, its meaning in a sentence, its formula and where the definition comes from."""

    name: str
    title: str
    meaning: str
    formula: str
    source: str


@dataclass(frozen=True)
class Explanation:
    """What hovering over a number says: its definition, and what this very number rests on (variant, watermark …)."""

    definition: Definition
    basis: tuple[str, ...] = ()


def of_metric(metric: Metric) -> Definition:
    """A metric's definition under the metric's own name."""
    return Definition(metric.name, metric.title, metric.meaning, metric.formula(), metric.source)


# The ways to count a service level that a reader can choose from, the product's default first, each in a few words.
VARIANTS: dict[str, tuple[Metric, str]] = {
    metric.name: (metric, words)
    for metric, words in (
        (SERVICE_LEVEL, "short abandons left out"),
        (SL_OFFERED, "of offered"),
        (SL_BREAKOUTS, "of all that ended"),
        (SL_ASTERISK, "of answered"),
        (SL_LATE_ABANDONS, "only late abandons count"),
        (SL_CONNECT, "abandons in time count as met"),
    )
}

WAITING = Definition(
    name="waiting",
    title="Waiting now",
    meaning="Callers in a queue who have not reached an agent yet",
    formula="callers in all queues",
    source="Trunkline",
)
LONGEST = Definition(
    name="longest",
    title="Longest wait",
    meaning="How long the caller who waits longest has waited",
    formula="now − entered the queue",
    source="Trunkline",
)
ABANDONED_TODAY = Definition(
    name="abandoned",
    title="Abandoned",
    meaning=ABANDON_RATE.meaning,
    formula=ABANDON_RATE.formula(),
    source=ABANDON_RATE.source,
)
# Of this moment, so that it needs no history: a share of people, not of their time.
OCCUPANCY = Definition(
    name="occupancy",
    title="Occupancy",
    meaning="Agents who are busy with a call right now, of those signed in and not paused",
    formula="(on call + on hold + ringing + wrap-up) / (those + available)",
    source="Trunkline, of this moment",
)

# The tiles of the live page, in their order.
LIVE = (WAITING, LONGEST, of_metric(SERVICE_LEVEL), ABANDONED_TODAY, of_metric(ASA), of_metric(AHT), OCCUPANCY)
# What stands below the headings of its tables beside those.
LIVE_COLUMNS = (
    of_metric(OFFERED),
    of_metric(ANSWERED),
    replace(of_metric(ABANDONED), name="abandons"),
    Definition(
        "signed_in",
        "Agents",
        "Agents of the queue who are signed in, by what they are doing; who has several queues counts in each",
        "on call + ringing + available + wrap-up + paused",
        "Trunkline, of this moment",
    ),
    Definition("since", "Since", "How long the agent has been in this state", "now − state began", "Trunkline"),
    Definition(
        "handled_today",
        "Calls",
        "Calls that the agent has talked on today, with and without a queue",
        "handled",
        "Trunkline, since midnight",
    ),
)
