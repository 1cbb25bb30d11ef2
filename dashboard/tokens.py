"""The look's values for Python: read from the one stylesheet that holds them, assets/tokens.css, per theme.

Charts are pictures made on the server, so they cannot use CSS variables; reading the same file keeps them equal by
construction. Must not hold a colour itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dashboard.errors import TokenMissing

ASSETS = Path(__file__).parent / "assets"
TOKENS_FILE = ASSETS / "tokens.css"

_BLOCKS = re.compile(r"^(:root|\[data-theme=\"dark\"\])\s*\{(.*?)^\}", re.DOTALL | re.MULTILINE)
_VALUES = re.compile(r"--([\w-]+):\s*([^;]+);")


class Theme(StrEnum):
    """Both are first class."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Tokens:
    """The values of one theme by name without the leading dashes, `tokens["d1"]`."""

    theme: Theme
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """The value as CSS has it. Raises TokenMissing."""
        try:
            return self.values[name]
        except KeyError:
            raise TokenMissing(f"assets/tokens.css has no --{name} for the {self.theme} theme: add it there.") from None


def read_tokens(css: str) -> dict[Theme, Tokens]:
    """Both themes from the stylesheet's text; what the dark theme does not say again is as in the light one."""
    blocks = {selector: dict(_VALUES.findall(body)) for selector, body in _BLOCKS.findall(css)}
    light = blocks.get(":root", {})
    dark = light | blocks.get('[data-theme="dark"]', {})
    return {Theme.LIGHT: Tokens(Theme.LIGHT, light), Theme.DARK: Tokens(Theme.DARK, dark)}
