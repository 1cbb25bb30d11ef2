"""The look's values as Python reads them, and that nothing else holds a colour."""

import re

import pytest

from dashboard.errors import TokenMissing
from dashboard.tokens import ASSETS, TOKENS_FILE, Theme, read_tokens

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")


def test_both_themes_have_the_same_names() -> None:
    look = read_tokens(TOKENS_FILE.read_text())
    assert look[Theme.LIGHT].values.keys() == look[Theme.DARK].values.keys()
    assert look[Theme.LIGHT]["d1"] != look[Theme.DARK]["d1"]


def test_what_the_dark_theme_does_not_say_is_as_in_the_light_one() -> None:
    look = read_tokens(':root {\n  --ink: #111;\n  --r: 8px;\n}\n[data-theme="dark"] {\n  --ink: #eee;\n}\n')
    assert look[Theme.DARK].values == {"ink": "#eee", "r": "8px"}


def test_a_missing_value_says_where_to_add_it() -> None:
    look = read_tokens(":root {\n}\n")
    with pytest.raises(TokenMissing, match=r"tokens\.css has no --accent for the light theme"):
        look[Theme.LIGHT]["accent"]


def test_no_other_stylesheet_or_module_has_a_colour_of_its_own() -> None:
    sources = [path for path in (*ASSETS.glob("*.css"), *ASSETS.parent.rglob("*.py")) if path != TOKENS_FILE]
    assert sources
    assert {path.name: COLOUR.findall(path.read_text()) for path in sources if COLOUR.search(path.read_text())} == {}


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(
    ("words", "ground"),
    [("ink", "surface"), ("ink-2", "surface"), ("ink-3", "surface"), ("accent", "surface"), ("warn", "surface"),
     ("bad", "surface"), ("ok", "surface"), ("accent", "accent-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"),
     ("ok", "ok-soft"), ("idle", "idle-soft")],
)  # fmt: skip
def test_words_can_be_read_on_their_ground(theme: Theme, words: str, ground: str) -> None:
    look = read_tokens(TOKENS_FILE.read_text())[theme]
    assert contrast(look[words], look[ground]) >= 4.5


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("mark", ["d1", "d3", "d4", "d5", "d6", "d7"])
def test_marks_can_be_seen(theme: Theme, mark: str) -> None:
    look = read_tokens(TOKENS_FILE.read_text())[theme]
    assert contrast(look[mark], look["surface"]) >= 3
