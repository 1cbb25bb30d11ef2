"""A script and all that it imports as one file: a browser asks once for what it would ask thirty times for.

Pure. It knows what our own scripts use: imports by name at the beginning of a line, exports before a function, class or
constant, no circles. Anything else is an error when the dashboard starts, not in a browser. Each module keeps names of
its own, and is run once in each script that needs it, before those that import it: what keeps a state belongs to one.
"""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from posixpath import normpath

from dashboard.errors import ScriptError

_IMPORT = re.compile(r'^import\s+(?:\{([^}]*)\}\s+from\s+)?"(\.{1,2}/[^"]+)";', re.MULTILINE)
_EXPORT = re.compile(r"^export\s+((?:async\s+)?function|class|const)\s+(\w+)", re.MULTILINE)
# What would be left of forms that are not known here.
_UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def joined(bodies: Mapping[str, bytes], name: str) -> bytes:
    """The script `name` of these files with everything that it needs. Raises ScriptError."""
    order: dict[str, str] = {}
    _put(bodies, name, order, ())
    return "".join(order.values()).encode()


def _put(bodies: Mapping[str, bytes], name: str, order: dict[str, str], above: tuple[str, ...]) -> None:
    if name in order:
        return
    if name in above:
        raise ScriptError(f"{' imports '.join((*above, name))}: put what they share into a script of its own.")
    if name not in bodies:
        raise ScriptError(f"{above[-1] if above else 'A page'} imports {name}, which is not there.")
    text = bodies[name].decode()
    for _, path in _IMPORT.findall(text):
        _put(bodies, _beside(name, path), order, (*above, name))
    order[name] = _wrapped(name, text, order)


def _wrapped(name: str, text: str, order: Mapping[str, str]) -> str:
    places = {each: f"$module{i}" for i, each in enumerate((*order, name))}

    def taken(found: re.Match[str]) -> str:
        names, path = found.groups()
        # Line by line as it was, so that an error's line can be found again.
        return f"const {{{names.replace(' as ', ': ')}}} = {places[_beside(name, path)]};" if names else ""

    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(taken, text))
    if unknown := _UNKNOWN.search(body):
        raise ScriptError(f"{name} has a line that is not understood here: {unknown[0]}")
    given = ", ".join(each for _, each in _EXPORT.findall(text))
    return f"// {name}\nconst {places[name]} = (() => {{\n{body}\nreturn {{ {given} }};\n}})();\n"


def _beside(name: str, path: str) -> str:
    return normpath(str(PurePosixPath(name).parent / path))
