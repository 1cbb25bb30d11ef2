"""An agent's desk in a real Chromium whose microphone hums a tone, and what a person does and hears at it.

    async with Bench(whole) as bench:
        wendy = await bench.agent("wendy", hz=1000)
        await wendy.key("Alt+a")

One browser has one microphone, so that each agent has a browser of their own.
"""

import asyncio
import math
import shutil
import struct
import tempfile
import time
import wave
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from acting import PASSWORD
from e2e.phone.media_path import MediaPath
from installation import Installation
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

FLAGS = (
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--disable-background-networking"),
    *("--autoplay-policy=no-user-gesture-required", "--disable-component-update", "--disable-sync"),
    # Service workers would not heed what a context is told of certificates.
    "--ignore-certificate-errors",
)
PATIENCE_S = 30.0
LOOK_S = 0.05
# What is heard of a tone, of a browser's own scale, and what is only its shadow.
LOUD, QUIET = 0.02, 0.006
RATE = 48000
SILENT_S = 0.5

# The browser's filters are made for voices and take a tone for noise, the more so the busier the machine is.
UNFILTERED = """
{
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  navigator.mediaDevices.getUserMedia = (wanted) =>
    ask(wanted.audio ? { ...wanted, audio: { ...Object(wanted.audio), ...plain } } : wanted);
}
"""

# Keeps, for each sound of the page, an analyser; says how loud given tones are in the newest call's sound.
EAR = """
(tones) => {
  const sounds = [...document.querySelectorAll("audio[data-call]")];
  const found = sounds.filter((each) => each.srcObject?.getAudioTracks().length);
  const stream = found.at(-1)?.srcObject;
  if (!stream) return tones.map(() => 0);
  window.ear ??= new AudioContext();
  if (window.earOf !== stream) {
    window.earOf = stream;
    window.earNode = new AnalyserNode(window.ear, { fftSize: 8192, smoothingTimeConstant: 0 });
    window.ear.createMediaStreamSource(stream).connect(window.earNode);
  }
  const wave = new Float32Array(8192);
  window.earNode.getFloatTimeDomainData(wave);
  return tones.map((hz) => {
    const angle = (2 * Math.PI * hz) / window.ear.sampleRate;
    let real = 0, imaginary = 0;
    wave.forEach((value, n) => { real += value * Math.cos(angle * n); imaginary += value * Math.sin(angle * n); });
    return (2 * Math.hypot(real, imaginary)) / wave.length;
  });
}
"""


def hum(folder: Path, hz: int) -> Path:
    """A second of a tone in four bursts, as a file: what never pauses is filtered out as noise."""
    path = folder / f"{hz}.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, RATE, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", _sample(hz, n / RATE)) for n in range(RATE)))
    return path


def _sample(hz: int, second: float) -> int:
    """Bursts of 0.17 s, and gaps that are shorter than what is listened to at once.

    They swell and fade in 30 ms: a tone that is cut off sounds at every other frequency, too.
    """
    into = second % 0.25
    edge = max(0.0, min(1.0, into / 0.03, (0.17 - into) / 0.03))
    return round(12000 * math.sin(math.pi / 2 * edge) ** 2 * math.sin(2 * math.pi * hz * second))


class DeskPage:
    """A page at /phone, signed in."""

    def __init__(self, whole: Installation, browser: Browser, context: BrowserContext, page: Page) -> None:
        self.whole, self.browser, self.context, self.page = whole, browser, context, page
        self.complaints: list[str] = []
        self.way: MediaPath
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def state(self, expression: str) -> Any:
        """What an expression of the desk's `state` comes to."""
        return await self.page.evaluate(
            f"(() => {{ const state = document.querySelector('trunkline-phone').state; return {expression}; }})()"
        )

    async def until(self, expression: str, seconds: float = PATIENCE_S) -> None:
        """Wait until an expression of `state` is true. Fails the test when it never is."""
        deadline = time.monotonic() + seconds
        while not await self.state(f"Boolean({expression})"):
            if time.monotonic() > deadline:
                shown = await self.state("JSON.stringify([state.phone, state.own, state.notice, state.problem])")
                raise AssertionError(f"never true: {expression}; {shown}; {self.complaints}")
            await asyncio.sleep(LOOK_S)

    async def until_registered(self) -> None:
        await self.until("state.phone.line === 'ready'")

    async def until_phase(self, phase: str) -> None:
        """A call is in this phase; `none`: there is no call."""
        await self.until(f"(state.phone.calls.at(-1)?.phase ?? 'none') === '{phase}'")

    async def until_state(self, state: str) -> None:
        """The server says so of the agent."""
        await self.until(f"state.own?.state === '{state}'")

    async def key(self, keys: str) -> None:
        await self.page.keyboard.press(keys)

    async def click(self, name: str) -> None:
        """Click a button by its words."""
        await self.page.get_by_role("button", name=name).first.click()

    async def text(self, selector: str) -> str:
        return await self.page.locator(selector).first.inner_text()

    async def goes_available(self) -> None:
        """By the menu; the first time the sound is tried before."""
        await self.key("Alt+s")
        await self.page.locator("#states button").first.click()
        if await self.page.evaluate("localStorage.getItem('trunkline.phone.checked') === null"):
            await self.click("It works, go available")
        await self.until_state("available")

    async def until_shown(self, selector: str, *words: str) -> None:
        """Wait until all of these words stand there."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            shown = " ".join(await self.page.locator(selector).all_inner_texts())
            if all(word in shown for word in words):
                return
            assert time.monotonic() < deadline, f"{words} never in {selector}: {shown}"
            await asyncio.sleep(LOOK_S)

    async def hears(self, *tones: int) -> list[float]:
        """How loud each tone is in the newest call."""
        return list(await self.page.evaluate(EAR, list(tones)))

    async def until_hears(self, tone: int, but_not: tuple[int, ...] = (), seconds: float = PATIENCE_S) -> None:
        """Wait until this tone is heard, and none of those."""
        deadline = time.monotonic() + seconds
        while True:
            loud, *others = await self.hears(tone, *but_not)
            if loud > LOUD and all(other < QUIET for other in others):
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"{tone} Hz is {loud:.4f}; {but_not}: {others}")
            await asyncio.sleep(LOOK_S)

    async def until_silent(self, *tones: int) -> None:
        """Wait until none of these is heard for half a second."""
        deadline, since = time.monotonic() + PATIENCE_S, time.monotonic()
        while time.monotonic() - since < SILENT_S:
            heard = await self.hears(*tones)
            if any(loud > QUIET for loud in heard):
                assert time.monotonic() < deadline, heard
                since = time.monotonic()
            await asyncio.sleep(LOOK_S)


class Bench:
    """Browsers for agents of an installation; closed at the end."""

    def __init__(self, whole: Installation) -> None:
        self.whole = whole
        self._folder = Path(tempfile.mkdtemp(prefix="trunkline-tones-"))
        self._browsers: list[Browser] = []
        self.desks: list[DeskPage] = []
        self._ways: list[MediaPath] = []

    async def __aenter__(self) -> Self:
        self._playwright = await async_playwright().start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for browser in self._browsers:
            await browser.close()
        await self._playwright.stop()
        for way in self._ways:
            way.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        if kind is None:
            complaints = [each for desk in self.desks for each in desk.complaints]
            assert not complaints, complaints

    async def browser(self, hz: int) -> Browser:
        """A Chromium whose microphone hums so."""
        program = shutil.which("chromium")
        assert program, "These tests need Chromium: apt-get install chromium"
        sound = f"--use-file-for-fake-audio-capture={hum(self._folder, hz)}"
        browser = await self._playwright.chromium.launch(executable_path=program, args=[*FLAGS, sound])
        self._browsers.append(browser)
        return browser

    async def agent(
        self, username: str, hz: int, path: str = "/phone", script: str = "", *, bent: bool = False
    ) -> DeskPage:
        """Somebody at their desk, signed in by the login page, with a phone that is registered.

        `script` runs in the page before its own. `bent`: the sound takes a way of the desk's own (`way`).
        """
        browser = await self.browser(hz)
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        await context.add_init_script(UNFILTERED + script)
        context.set_default_timeout(PATIENCE_S * 1000)
        page = await context.new_page()
        desk = self._desk(browser, context, page)
        if bent:
            desk.way = await MediaPath.open(context)
            self._ways.append(desk.way)
        await page.goto(f"{self.whole.url}{path}")
        await page.fill("#username", username)
        await page.fill("#password", PASSWORD)
        await page.click("#send")
        await page.wait_for_selector("trunkline-phone .desk")
        await desk.until_registered()
        return desk

    async def tab(self, desk: DeskPage, path: str = "/phone") -> DeskPage:
        """Another tab of the same browser."""
        page = await desk.context.new_page()
        await page.goto(f"{self.whole.url}{path}")
        await page.wait_for_selector("trunkline-phone .desk")
        return self._desk(desk.browser, desk.context, page)

    def _desk(self, browser: Browser, context: BrowserContext, page: Page) -> DeskPage:
        desk = DeskPage(self.whole, browser, context, page)
        self.desks.append(desk)
        return desk
