"""What reports need not read row by row: relations put together from sums of the pieces that a range is cut into.

Each takes the place of the relation of its name in `warehouse/scopes.py`, and has the same sums. Text in, text out.
"""

import re
from typing import NamedTuple

from calls.spans import Rule
from warehouse.coarse import AGENTS, CONTACTS, CONVERSATIONS, DISPOSITIONS, QUEUES, TRUST, WINDOWS, Subject
from warehouse.pieces import Pieces
from warehouse.scopes import CHOSEN, FROM_QUEUES, QUARTER_OF, of_quarter, spanning


class Summed(NamedTuple):
    """A relation that is put together from sums. `label` names an interval, `select` the rows; `{summed}` in it are
    the columns of `label`, of the subject's key and of its sums.
    """

    subject: Subject
    select: str
    label: tuple[str, ...] = ("interval_start",)


# What need not be read row by row: sums of the pieces that a range is cut into.
SUMMED: dict[str, Summed] = {
    "cells": Summed(QUEUES, f"SELECT summed.*, name FROM ({{summed}}) AS summed {CHOSEN}"),
    "local_cells": Summed(QUEUES, f"SELECT summed.* FROM ({{summed}}) AS summed {CHOSEN}", ("zone", "weekday", "hour")),
    "agent_cells": Summed(
        AGENTS, "SELECT summed.*, name FROM ({summed}) AS summed JOIN chosen_agents USING (pbx, agent_id)"
    ),
    "conversation_cells": Summed(
        CONVERSATIONS,
        "SELECT found.*, chosen_agents.name AS agent_name FROM ({summed}) AS found"
        f" JOIN chosen_agents USING (pbx, agent_id) WHERE {FROM_QUEUES}",
    ),
    "disposition_cells": Summed(
        DISPOSITIONS,
        "SELECT found.*, chosen_agents.name AS agent_name FROM ({summed} UNION ALL BY NAME"
        " SELECT interval_start, pbx, agent_id, disposition, 1 AS calls FROM ("
        "SELECT DISTINCT spine.interval_start, pbx, agent_id, filed_as AS disposition, call_id"
        f" FROM legs {of_quarter('answered_at')} WHERE talk_s IS NOT NULL AND is_again"
        f" AND {spanning('answered_at')})) AS found JOIN chosen_agents USING (pbx, agent_id)",
    ),
    "contact_cells": Summed(
        CONTACTS,
        "SELECT summed.* EXCLUDE (repeats), name, $days AS window_days, repeats"
        f" FROM (SELECT *, {{repeats}} AS repeats FROM ({{summed}})) AS summed {CHOSEN}",
    ),
    "trust_cells": Summed(TRUST, "{summed}"),
}


def summed_in(select: str, rule: Rule, days: int) -> str | None:
    """Which of SUMMED a mart's SELECT reads, if it can be had for this rule and window of fcr."""
    for name in SUMMED:
        if re.search(rf"\b{name}\b", select):
            is_other_rule = name == "cells" and rule is not Rule.BY_ARRIVAL
            is_other_window = name == "contact_cells" and days not in WINDOWS
            return None if is_other_rule or is_other_window else name
    return None


def from_pieces(name: str, pieces: Pieces, days: int) -> str:
    """What stands for the relation `name` of SUMMED: sums of `pieces`, and the facts of their edges."""
    summed = SUMMED[name]
    subject, columns = summed.subject, ", ".join((*summed.subject.key, *summed.subject.sums))
    of_piece, of_edge = (", ".join(f"{it}.{column}" for column in summed.label) for it in ("pieces", "edges"))
    parts = [
        f"SELECT {of_piece}, {columns} FROM ({subject.rows(span, whole)}) AS found"
        f" JOIN pieces ON pieces.span = '{span}' AND pieces.starts_at = found.starts_at"
        for span in subject.spans
        if (whole := pieces.bounds.get(span))
    ]
    if pieces.stretches:
        parts.append(
            f"SELECT {of_edge}, {columns} FROM ({subject.of(pieces.stretches)}) AS found"
            f" JOIN edges ON edges.quarter = {QUARTER_OF.format('found.happened_at')}"
        )
    text = summed.select.replace("{summed}", " UNION ALL ".join(parts))
    return text.replace("{repeats}", f"repeats_{days}")
