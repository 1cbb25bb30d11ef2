"""`python -m dashboard.paper`: a report as JSON comes in, its PDF goes out.

A process of its own for each report: laying out a long one takes some hundred megabytes and a processor for seconds,
which the pages must not feel. It reads no environment, and no file but those beside it.
"""

import sys
from pathlib import Path

import typst

HERE = Path(__file__).parent


def laid_out(report: bytes) -> bytes:
    """The PDF of a report (dashboard/export_pdf.py says what is in it)."""
    pdf = typst.compile(
        HERE / "report.typ",
        root=HERE,
        font_paths=[HERE / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"report": report.decode()},
    )
    return bytes(pdf)


if __name__ == "__main__":
    sys.stdout.buffer.write(laid_out(sys.stdin.buffer.read()))
