"""A real browser for end-to-end tests: Chromium, and a tab that remembers what it complained of and whom it asked.

Screenshots go to tests/e2e/screenshots, or to the folder that TRUNKLINE_SCREENSHOTS names.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
# A desk and a phone.
WIDTHS = (1440, 390)
HEIGHT = 900
SCREENSHOTS = Path(os.environ.get("TRUNKLINE_SCREENSHOTS") or Path(__file__).parent / "screenshots")
# A machine with other work draws slowly; nothing here waits longer than it must.
PATIENCE_MS = 30_000
LOOK_EVERY_MS = 50


@dataclass
class Tab:
    """One tab. `complaints`: console errors and uncaught exceptions; `foreign`: requests to anybody but `origin`."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a path of the origin."""
        self.page.goto(self.origin + path)

    def text(self, selector: str) -> str:
        """What stands there, once it is there."""
        return self.page.locator(selector).first.inner_text()

    def until(self, expression: str) -> None:
        """Wait until a JavaScript expression is true in the page. Fails the test when it never is."""
        # Playwright's own wait needs eval in the page, which the page's policy rightly forbids.
        for _ in range(PATIENCE_MS // LOOK_EVERY_MS):
            if self.page.evaluate(f"Boolean({expression})"):
                return
            self.page.wait_for_timeout(LOOK_EVERY_MS)
        raise AssertionError(f"never true: {expression}; the page complained of {self.complaints}")

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def keep(self, name: str) -> Path:
        """Save a screenshot of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    program = shutil.which("chromium")
    assert program, "These tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        # Root may not use Chromium's sandbox, and containers often have no room in /dev/shm.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@contextmanager
def tab(
    browser: Browser,
    origin: str,
    theme: Theme = "light",
    width: int = 1440,
    token: str = "",
    *,
    touch: bool = False,
) -> Iterator[Tab]:
    """A tab with nothing remembered but, if given, the login's cookie; with `touch` on a telephone."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=theme, has_touch=touch, is_mobile=touch
    )
    context.set_default_timeout(PATIENCE_MS)
    if token:
        context.add_cookies([{"name": "trunkline", "value": token, "url": origin, "httpOnly": True, "sameSite": "Lax"}])
    opened = Tab(context.new_page(), origin)
    opened.page.on("console", lambda message: _hear(opened, message.type, message.text))
    opened.page.on("pageerror", lambda error: opened.complaints.append(error.stack or str(error)))
    opened.page.on("request", lambda request: _watch(opened, request.url))
    yield opened
    context.close()


def _hear(tab: Tab, kind: str, text: str) -> None:
    if kind == "error":
        tab.complaints.append(text)


def _watch(tab: Tab, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(tab.origin).netloc:
        tab.foreign.append(url)
