"""The softphone: how much is loaded, and from a click until sound flows, in Chromium on a real Asterisk.

Sound flows when the call is up and the first packet of the other side's sound has arrived. A call that is made rings
our own page first, which answers by itself, and then the customer, who answers at once.
"""

import asyncio
import gzip
import statistics
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from e2e.phone.desk_page import Bench, DeskPage
from e2e.phone.hearing import humming
from installation import Installation
from phones.people import Trunk
from web_pages import with_asterisk

from api.phone.page import BUILT
from infra.asterisk import RealAsterisk

CALLS = 100
# More than a person may dial by the rules that a tenant begins with.
RULES = {"agentPerMinute": 1000, "agentPerHour": 1000, "tenantPerMinute": 1000}
AGENT, CUSTOMER = 1000, 440
# Clicks, and tells after how many ms sound flows.
FLOWS = """
(click) => new Promise((resolve, reject) => {
  const view = document.querySelector("trunkline-phone");
  const began = performance.now();
  const look = () => {
    const { phone, dialling } = view.state;
    const sound = [...document.querySelectorAll("audio[data-call]")].at(-1)?.srcObject?.getAudioTracks()[0];
    const flows = phone.calls[0]?.phase === "talking" && dialling === null && sound && !sound.muted;
    if (flows) resolve(performance.now() - began);
    else if (performance.now() - began > 20000) reject(new Error(JSON.stringify([phone, dialling, view.state.notice])));
    else setTimeout(look, 2);
  };
  if (click === "answer") document.querySelector(".take").click();
  else view.act({ do: "dial", to: click, name: "" });
  look();
})
"""


def run() -> Iterator[str]:
    """The tables."""
    yield size()
    with with_asterisk() as (whole, asterisk):
        status, body = whole.ask("PUT", "/api/admin/dial-policy", RULES)
        if status != 200:
            raise RuntimeError(f"The rules on numbers were not taken: {body}")
        yield asyncio.run(_clicks(whole, asterisk))


def size() -> str:
    """What a browser fetches for the page, beside the other pages' own files."""
    files = sorted(path for path in BUILT.iterdir() if path.suffix in (".js", ".css", ".html"))
    rows = [(path.name, len(path.read_bytes()), len(gzip.compress(path.read_bytes()))) for path in files]
    lines = [f"  {name:<12} {raw:>9,} {packed:>9,}" for name, raw, packed in rows]
    whole = f"  {'together':<12} {sum(row[1] for row in rows):>9,} {sum(row[2] for row in rows):>9,}"
    return "\n".join(["phone: bytes of the page, as they are and gzipped", *lines, whole])


async def _clicks(whole: Installation, asterisk: RealAsterisk) -> str:
    async with _desk(whole, asterisk) as (desk, trunk):
        answered = [await _answered(desk, trunk) for _ in range(CALLS)]
        made = [await _made(desk, trunk) for _ in range(CALLS)]
    head = f"phone: from a click until sound flows, ms, of {CALLS} calls each"
    return "\n".join([head, _line("Answer", answered), _line("Call", made)])


@asynccontextmanager
async def _desk(whole: Installation, asterisk: RealAsterisk) -> AsyncIterator[tuple[DeskPage, Trunk]]:
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        trunk.answers_after(0)
        desk = await bench.agent("wendy", AGENT)
        await desk.goes_available()
        yield desk, trunk


async def _answered(desk: DeskPage, trunk: Trunk) -> float:
    customer = trunk.dial("1101", number="5550123")
    await desk.until_phase("ringing")
    await desk.page.wait_for_selector(".take")
    took = float(await desk.page.evaluate(FLOWS, "answer"))
    await customer.hang_up()
    await desk.until_phase("none")
    return took


async def _made(desk: DeskPage, trunk: Trunk) -> float:
    await desk.until_state("available")
    took = float(await desk.page.evaluate(FLOWS, "5551234"))
    await (await trunk.next_answered()).hang_up()
    await desk.until_phase("none")
    return took


def _line(name: str, ms: list[float]) -> str:
    cuts = statistics.quantiles(ms, n=100, method="inclusive")
    return f"  {name:<8} p50 {cuts[49]:6.0f}   p99 {cuts[98]:6.0f}   (lowest {min(ms):.0f}, highest {max(ms):.0f})"
