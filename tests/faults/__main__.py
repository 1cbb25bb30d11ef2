"""`make faults`: each fault with many seeds and one large load, on real servers; every row as it comes, then medians.

What has been measured is kept in a file, one line a row: a run that was interrupted goes on where it was.
"""

import shutil
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from faults.catalogue import FAULTS, Fault
from faults.rounds import Row, run_round
from streamed.centre import own_centre

# Callers a second in all: what five processes a PBX can play on two cores and leave the workers room.
PACE, LARGE_PACE = 40.0, 100.0
HEAD = f"{'fault':<22}{'seed':>6}{'calls':>7}{'events':>9}{'lost':>6}{'doubled':>9}{'different':>11}{'recovery s':>12}"


@click.command()
@click.option(
    "--fault", "names", multiple=True, type=click.Choice([fault.name for fault in FAULTS]), help="Only these."
)
@click.option("--seeds", default=10, show_default=True, help="Rounds of each fault with --calls.")
@click.option("--first", default=1, show_default=True, help="The first seed.")
@click.option("--calls", default=500, show_default=True, help="Calls of a round, over four PBXs.")
@click.option("--large", default=5000, show_default=True, help="Calls of one more round of each fault; 0: none.")
@click.option("--results", default=Path("build/faults.jsonl"), show_default=True, type=click.Path(path_type=Path))
def main(names: Sequence[str], seeds: int, first: int, calls: int, large: int, results: Path) -> None:
    """Strike while calls come, and compare what PostgreSQL has in the end with the replay of the logs."""
    chosen = [fault for fault in FAULTS if not names or fault.name in names]
    wanted = [(seed, calls, PACE) for seed in range(first, first + seeds)]
    if large:
        wanted.append((first + seeds, large, LARGE_PACE))
    rows = _kept(results)
    click.echo(HEAD)
    for row in rows:
        click.echo(_line(row))
    for fault in chosen:
        done = {(row.fault, row.seed, row.asked) for row in rows}
        missing = [it for it in wanted if (fault.name, *it[:2]) not in done]
        rows += _run(fault, missing, results)
    click.echo("\n" + "\n".join(_summary(fault.name, rows) for fault in chosen))
    if not all(row.verdict.exact for row in rows):
        raise SystemExit(1)


def _run(fault: Fault, wanted: Sequence[tuple[int, int, float]], results: Path) -> list[Row]:
    """Rounds of one fault in a centre of its own."""
    rows: list[Row] = []
    if not wanted:
        return rows
    folder = Path(tempfile.mkdtemp(prefix="trunkline-faults-"))
    # The database's user, who is not root, passes through.
    folder.chmod(0o711)
    try:
        with own_centre(folder / "centre") as centre:
            for seed, calls, pace in wanted:
                row = run_round(centre, fault, seed, calls, pace)
                rows.append(row)
                click.echo(_line(row))
                _keep(results, row)
    finally:
        shutil.rmtree(folder)
    return rows


def _line(row: Row) -> str:
    it = row.verdict
    told = f" {row.restarts} restarted by themselves" if row.restarts else ""
    return (
        f"{row.fault:<22}{row.seed:>6}{it.calls:>7,}{it.events:>9,}{it.lost:>6}{it.doubled:>9}{it.different:>11}"
        f"{row.recovery:>12.1f}{told}{' ' + it.first if it.first else ''}"
    )


def _summary(name: str, rows: Sequence[Row]) -> str:
    mine = [row for row in rows if row.fault == name]
    if not mine:
        return f"{name:<22} not run"
    times = [row.recovery for row in mine]
    lost, doubled, different = (sum(row.verdict[at] for row in mine) for at in (2, 3, 4))
    return (
        f"{name:<22}{len(mine):>3} rounds, {sum(row.verdict.calls for row in mine):>7,} calls: {lost} lost,"
        f" {doubled} doubled, {different} different; recovery"
        f" {statistics.median(times):.1f} s ({min(times):.1f} to {max(times):.1f})"
    )


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
