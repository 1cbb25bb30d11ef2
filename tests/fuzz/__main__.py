"""`make fuzz`: coverage-guided fuzzing of codec, decoder and reducer by atheris, ten minutes each.

What reached new code is kept in corpus/NAME.zip and is where the next run begins. A finding ends the run and is printed
with the file that reproduces it: `python -m fuzz NAME --repeat FILE`.
"""

import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import atheris
import click

with atheris.instrument_imports(include=["asterisk", "calls"], enable_loader_override=False):
    from fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
# An input that takes this long hangs: the longest takes some milliseconds.
HANG_SECONDS = 20
MEMORY_MB = 2048
# Long inputs from the start: a story of sixty events has a thousand bytes.
SIZES = ("-max_len=4096", "-len_control=0")
# So that two runs over the same inputs make the same file.
EPOCH = (1980, 1, 1, 0, 0, 0)


@click.command()
@click.argument("name", type=click.Choice(list(TARGETS)))
@click.option("--seconds", default=600, show_default=True, help="How long.")
@click.option("--keep/--no-keep", default=True, show_default=True, help="Add what reached new code to the corpus.")
@click.option("--repeat", type=click.Path(exists=True, path_type=Path), help="Run one input only, such as a finding.")
def main(name: str, seconds: int, keep: bool, repeat: Path | None) -> None:
    """Fuzz one target."""
    with tempfile.TemporaryDirectory(prefix="trunkline-fuzz-") as folder:
        inputs = Path(folder) / name
        _unpack(CORPUS / f"{name}.zip", inputs)
        options = [f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix=fuzz-{name}-"]
        chosen = (
            [str(repeat)] if repeat else [f"-max_total_time={seconds}", *SIZES, "-print_final_stats=1", str(inputs)]
        )
        atheris.Setup(["fuzz", *options, *chosen], _every(name))
        ended = _run()
        if ended == 0 and keep and not repeat:
            _pack(inputs, CORPUS / f"{name}.zip")
    sys.exit(ended)


def _every(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        for target in TARGETS[name]:
            target(data)

    return run


def _run() -> int:
    """libFuzzer ends the process by itself: a child does the work, so that something is left to keep the corpus."""
    child = os.fork()
    if child == 0:
        atheris.Fuzz()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _unpack(archive: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    if archive.exists():
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)


def _pack(folder: Path, archive: Path) -> None:
    archive.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            packed.writestr(zipfile.ZipInfo(path.name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main(prog_name="make fuzz")
