"""Part `past`: the wallboard at 100 random instants of a simulated year, each held against a recount by brute force.

The year is made once and kept: 200 calls a day, its log and its snapshots. Timed is the answer to a question as the
process gives it, and with that a reel of ten minutes, as is fetched while the past is played at sixty times the speed.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import msgspec
from made_year import BEGIN_S, CALLS_A_DAY, DAY_S, PBX, made_year, truth_of
from past_recount import Recount

from api.past.showing import past_frames, past_snapshot
from calls.past import PastBoard, Reel
from tests.bench.race import load
from warehouse.past.answering import answer
from warehouse.past.board import Past
from warehouse.past.keeping import Keeper, past_folder

DAYS, INSTANTS = 365, 100
REEL_MS, STEP_MS = 600_000, 15_000
UTC = ZoneInfo("UTC")


def run() -> Iterator[str]:
    """The figures."""
    data = made_year(DAYS)
    yield f"{DAYS} days of {CALLS_A_DAY} calls; {load()}"
    yield _kept(data)
    recount = Recount(truth_of(data))
    instants = recount.instants(INSTANTS, (BEGIN_S + 60) * 1000, (BEGIN_S + DAYS * DAY_S) * 1000)
    past, took, differences = Past(data), list[float](), list[str]()
    for at in instants:
        begin = time.perf_counter()
        told = answer(past, msgspec.json.encode({"tenant": "default", "at": at}))
        shown = past_snapshot("default", msgspec.json.decode(told, type=PastBoard), at, UTC)
        took.append(time.perf_counter() - begin)
        differences += recount.differences(at, msgspec.to_builtins(shown))
    yield _told(f"{INSTANTS} random instants", took)
    yield f"differences from the recount: {len(differences)}" + "".join(f"\n  {it}" for it in differences[:10])
    yield _told("a reel of ten minutes behind each", [_reel(past, at) for at in instants])


def _kept(data: Path) -> str:
    keeper = Keeper(data, PBX)
    begin = time.process_time()
    keeper.stretch(3600)
    keeper.close()
    log = sum(path.stat().st_size for path in (data / "log" / PBX).iterdir())
    past = sum(path.stat().st_size for path in past_folder(data).iterdir())
    took = time.process_time() - begin
    return f"snapshots {past / 2**20:.0f} MiB, log {log / 2**20:.0f} MiB; {took:.0f} s of CPU for what was missing"


def _reel(past: Past, at: int) -> float:
    begin = time.perf_counter()
    question = {"tenant": "default", "at": at, "end": at + REEL_MS}
    reel = msgspec.json.decode(answer(past, msgspec.json.encode(question)), type=Reel)
    past_frames("default", reel.moments, STEP_MS, UTC)
    return time.perf_counter() - begin


def _told(what: str, seconds: list[float]) -> str:
    milliseconds = sorted(it * 1000 for it in seconds)
    slow = milliseconds[int(len(milliseconds) * 0.95)]
    return f"{what}: median {median(milliseconds):.0f} ms, p95 {slow:.0f} ms, longest {milliseconds[-1]:.0f} ms"
