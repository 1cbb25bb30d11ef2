"""`python -m warehouse.past DATA`: answers questions about the past, a line each, until its input ends.

Reads no environment, and needs none: whoever starts it is to hand it an empty one. It has no way to write.
"""

import sys
from pathlib import Path

from warehouse.past.answering import answer
from warehouse.past.board import Past


def main() -> None:
    """Answer until nobody asks any more."""
    past = Past(Path(sys.argv[1]))
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(answer(past, line) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
