"""A question about the past in JSON to its answer, a line of JSON.

The question: `Question`. The answer: `calls.past.PastBoard`, with `end` `calls.past.Reel`, with `trial` too
`calls.alert_trial.Tried`; or `error` (unknown or failed) with a `detail` that its asker may read.
"""

import msgspec
from msgspec import Struct

from calls.alert_trial import Trial
from warehouse.errors import PastUnknown, WarehouseError
from warehouse.past.alerting import try_rule
from warehouse.past.board import Past

encode = msgspec.json.Encoder().encode


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose board, as of when; or what was new on it from then until `end`, or what a rule made of that.

    Times in ms since the epoch.
    """

    tenant: str
    at: int
    end: int | None = None
    trial: Trial | None = None


def answer(past: Past, line: bytes) -> bytes:
    """The answer, without the line's end."""
    question = msgspec.json.decode(line, type=Question)
    try:
        if question.end is None:
            return encode(past.at(question.tenant, question.at))
        if question.trial is not None:
            return encode(try_rule(past, question.tenant, question.trial, question.at, question.end))
        return encode(past.reel(question.tenant, question.at, question.end))
    except PastUnknown as error:
        return encode({"error": "unknown", "detail": str(error)})
    except WarehouseError as error:
        return encode({"error": "failed", "detail": str(error)})
