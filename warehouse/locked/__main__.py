"""`python -m warehouse.locked`: reads one question from its input, writes one answer to its output, and ends.

Reads no environment, and needs none: whoever starts it is to hand it an empty one.
"""

import importlib
import sys

from warehouse.locked import walls


def main() -> None:
    """Answer one question."""
    standing = walls.leave_network()
    # DuckDB starts a thread when it is imported, and with two threads nothing can be left any more.
    answering = importlib.import_module("warehouse.locked.answering")
    sys.stdout.buffer.write(answering.reply(sys.stdin.buffer.read(), standing))


if __name__ == "__main__":
    main()
