"""The last look at a line of the log before it is written: what looks like a token or a secret of ours is blotted out.

Nothing should put one there; this is for the day when something does, an error's text above all.
"""

import logging
import re
from collections.abc import Iterable

from pythonjsonlogger.json import JsonFormatter

MASK = "[secret]"
# A JWT begins with a JSON object in base64url; a URL has the password between colon and at.
TOKENS = re.compile(r"eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?")
URL_PASSWORDS = re.compile(r"(://[^\s:/@]*:)[^\s/@]+(?=@)")
# Shorter ones are words of the language, which a line must keep.
SHORTEST = 8


class MaskingFormatter(JsonFormatter):
    """One JSON object a line, all that is not ASCII escaped, without secrets."""

    def __init__(self, *args: object, secrets: Iterable[str] = (), **options: object) -> None:
        """`secrets` are this process's own."""
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self._secrets = sorted((each for each in set(secrets) if len(each) >= SHORTEST), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, MASK)
        return URL_PASSWORDS.sub(rf"\g<1>{MASK}", TOKENS.sub(MASK, line))
