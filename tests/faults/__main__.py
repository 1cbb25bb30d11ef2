"""`make faults`: each fault with many seeds and one large load, on real servers; every row as it comes, then medians.

What has been measured is kept in a file, one line a row: a run that was interrupted goes on where it was.
"""

import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
from faults.catalogue import FAULTS, Fault
from faults.plain import EVENTS, PLAIN, run_plain
from faults.rounds import OURS, Row, run_round
from faults.zero import catch_up
from streamed.centre import own_centre

# Calls a second in all: what the simulators of four PBXs can play on two cores and leave the workers room.
PACE, LARGE_PACE = 60.0, 100.0
COLUMNS = "{:<13}{:<21}{:>5}{:>7}{:>9}{:>6}{:>9}{:>11}{:>12}"
HEAD = ("system", "fault", "seed", "calls", "events", "lost", "doubled", "different", "recovery s")


@click.command()
@click.option("--fault", "names", multiple=True, type=click.Choice([it.name for it in FAULTS]), help="Only these.")
@click.option("--seeds", default=10, show_default=True, help="Rounds of each fault with --calls.")
@click.option("--first", default=1, show_default=True, help="The first seed.")
@click.option("--calls", default=500, show_default=True, help="Calls of a round, over four PBXs.")
@click.option("--large", default=5000, show_default=True, help="Calls of one more round of each fault; 0: none.")
@click.option("--plain/--no-plain", default=True, help=f"Once beside it: a plain Faust app, {EVENTS:,} events.")
@click.option("--zero/--no-zero", default=True, help="One worker started while 100,000 events wait.")
@click.option("--results", default=Path("build/faults.jsonl"), show_default=True, type=click.Path(path_type=Path))
def main(
    names: Sequence[str], seeds: int, first: int, calls: int, large: int, plain: bool, zero: bool, results: Path
) -> None:
    """Strike while calls come, and compare what PostgreSQL has in the end with the replay of the logs.

    Rows that --results has are not measured again: remove the file to begin anew.
    """
    wanted = [(seed, calls, PACE) for seed in range(first, first + seeds)]
    if large:
        wanted.append((first + seeds, large, LARGE_PACE))
    chosen = [fault for fault in FAULTS if not names or fault.name in names]
    rows = _kept(results)
    click.echo("\n".join([COLUMNS.format(*HEAD), *map(_line, rows)]))
    done = {(row.system, row.fault, row.seed, row.asked) for row in rows}
    for fault in chosen:
        missing = [it for it in wanted if (OURS, fault.name, *it[:2]) not in done]
        for row in _measured(fault, missing, plain and (PLAIN, fault.name, first, EVENTS) not in done, first):
            rows.append(row)
            click.echo(_line(row))
            _keep(results, row)
    click.echo("\n" + "\n".join(_summary(fault.name, rows) for fault in chosen))
    if zero:
        click.echo(_from_zero())
    if not all(row.verdict.exact for row in rows if row.system == OURS):
        raise SystemExit(1)


def _measured(fault: Fault, wanted: Sequence[tuple[int, int, float]], plain: bool, first: int) -> Iterator[Row]:
    """Rounds of one fault in a centre of their own, and one of the obvious implementation."""
    if wanted:
        with _folder() as folder, own_centre(folder) as centre:
            for seed, calls, pace in wanted:
                yield run_round(centre, fault, seed, calls, pace)
    if plain:
        with _folder() as folder:
            yield run_plain(fault, first, folder)


def _from_zero() -> str:
    with _folder() as folder, own_centre(folder, names=()) as centre:
        done = catch_up(centre)
    return (
        f"From zero: {done.events:,} events wait, one worker is started: first commit after {done.first:.1f} s,"
        f" last after {done.last:.1f} s, {done.different} calls different"
    )


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder through which the database's user, who is not root, may pass."""
    folder = Path(tempfile.mkdtemp(prefix="trunkline-faults-"))
    folder.chmod(0o711)
    try:
        yield folder / "centre"
    finally:
        shutil.rmtree(folder)


def _line(row: Row) -> str:
    it = row.verdict
    counts = (f"{it.calls:,}", f"{it.events:,}", it.lost, it.doubled, it.different)
    recovery = "" if row.recovery is None else f"{row.recovery:.1f}"
    restarted = f"  {row.restarts} restarts" if row.restarts else ""
    return COLUMNS.format(row.system, row.fault, row.seed, *counts, recovery) + restarted + f"  {it.first}".rstrip()


def _summary(name: str, rows: Sequence[Row]) -> str:
    ours = [row for row in rows if (row.system, row.fault) == (OURS, name)]
    plain = [row for row in rows if (row.system, row.fault) == (PLAIN, name)]
    beside = "".join(f"; {PLAIN}: {_total([row], 2)} events lost, {_total([row], 3)} doubled" for row in plain)
    times = [row.recovery for row in ours if row.recovery is not None]
    if not times:
        return f"{name:<21} not run{beside}"
    calls, events, lost, doubled, different = (_total(ours, column) for column in range(5))
    return (
        f"{name:<21}{len(ours):>3} rounds, {calls:>6,} calls, {events:>8,} events:"
        f" {lost} lost, {doubled} doubled, {different} different;"
        f" recovery {statistics.median(times):.1f} s ({min(times):.1f} to {max(times):.1f}){beside}"
    )


def _total(rows: Sequence[Row], column: int) -> int:
    return sum(row.verdict[column] for row in rows)


def _kept(results: Path) -> list[Row]:
    if not results.exists():
        return []
    return [msgspec.json.decode(line, type=Row) for line in results.read_bytes().splitlines()]


def _keep(results: Path, row: Row) -> None:
    results.parent.mkdir(parents=True, exist_ok=True)
    with results.open("ab") as file:
        file.write(msgspec.json.encode(row) + b"\n")


if __name__ == "__main__":
    main(prog_name="make faults")
