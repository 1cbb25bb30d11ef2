"""api/door/masks.py: one line of JSON an event, without secrets, whatever somebody sends."""

import io
import json
import logging
import logging.config
import sys
from typing import Any

import pytest
from api_parts import token

from api.__main__ import configured_logs

CANARY = "canary-" + "0123456789"


def lines(*messages: tuple[str, dict[str, Any]], error: Exception | None = None) -> list[str]:
    """What the process's log says of these."""
    config = configured_logs("INFO", [CANARY, "short"])["formatters"]["json"]
    handler = logging.StreamHandler(out := io.StringIO())
    handler.setFormatter(logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(config)))
    for text, extra in messages:
        record = logging.LogRecord("api", logging.INFO, "f", 1, text, None, None)
        record.__dict__.update(extra)
        if error is not None:
            record.exc_info = (type(error), error, error.__traceback__)
        handler.emit(record)
    return out.getvalue().split("\n")[:-1]


@pytest.mark.parametrize(
    "hostile",
    ["a\nb", "a\r\n{}", 'x","level":"CRITICAL","y":"', "\x1b[31mred", "\u2028\u2029\x85", "\u202eevil", "\x00",
     "é" * 99, "\ud800"],
    ids=ascii,
)  # fmt: skip
def test_s13_nobody_writes_a_line_of_their_own(hostile: str) -> None:
    (line,) = lines((hostile, {"path": hostile}))
    told = json.loads(line)
    assert (told["message"], told["path"], told["level"]) == (hostile, hostile, "INFO")
    assert line.isascii() and line.isprintable()


def test_s12_secrets_are_blotted_out() -> None:
    jwt = token()
    url = f"postgresql://trunkline_api:{CANARY}x@db/trunkline"
    said = "".join(lines((f"a {CANARY} b", {"path": f"/x/{jwt}"}), (url, {"of": "postgresql://u:pw-of-u@h/d"})))
    assert not any(secret in said for secret in (CANARY, jwt, "pw-of-u"))
    assert "postgresql://u:[secret]@h/d" in said


def test_s12_secrets_in_an_error_are_blotted_out() -> None:
    try:
        raise ValueError(f"{CANARY} {token()}")
    except ValueError:
        error = sys.exc_info()[1]
    assert isinstance(error, ValueError)
    (line,) = lines(("failed", {}), error=error)
    assert "ValueError" in line and CANARY not in line and "eyJ" not in line


def test_words_stay() -> None:
    (line,) = lines(("a short word, http://host/path eyJ", {}))
    assert json.loads(line)["message"] == "a short word, http://host/path eyJ"
