"""Dash's own scripts as one file, in their order: nine would wait for each other's connections on a first visit.

Its address has a digest, and lies where Dash's core components lie, because they look for their later parts beside the
script that they came with.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import Any

from dash.fingerprint import check_fingerprint

_SOURCE = re.compile(r'<script src="([^"]+)"')
_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
# Tables are drawn by our own scripts. Babel's polyfill is for browsers of before 2018 and costs more than half of what
# running all the others does; of it Dash needs only what runs generators (npm regenerator-runtime).
_UNUSED = ("dash/dash_table/", "dash/deps/polyfill")
_DIGEST_LENGTH = 16


@dataclass(frozen=True)
class DashScript:
    """All of it, and the path where it seems to lie: Dash wants documents that name its renderer."""

    address: str
    body: bytes


def dash_script(app: Any, brought: str, before: Sequence[bytes]) -> DashScript:
    """What the documents of an application begin with, after what stands `before` it: what runs generators at least.

    `brought`: the folder of what Dash brings.
    """
    # Dash says it to documents only, and keeps in mind which files it may serve.
    tags = app._generate_scripts_html()
    paths = [check_fingerprint(each.removeprefix(brought))[0] for each in _SOURCE.findall(tags)]
    needed = [_read(path) for path in paths if not path.startswith(_UNUSED)]
    body = "\n;\n".join([*(each.decode() for each in before), *needed]).encode()
    return DashScript(f"{brought}dash/dcc/dash-renderer~{sha256(body).hexdigest()[:_DIGEST_LENGTH]}.js", body)


def _read(path: str) -> str:
    package, _, file = path.partition("/")
    return _MAP.sub("", resources.files(sys.modules[package]).joinpath(file).read_text(encoding="utf-8"))
