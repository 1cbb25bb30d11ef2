"""Asterisk's configuration files: sections with their lines, templates and includes resolved, each line with its place.

Job: read what Asterisk reads: `[name](!,parent)`, `[name](+)`, `key = value` and `key => value`, comments, `#include`.
Contract: pure; `read` brings included files. Sections stay in their order, and one name may stand for several of them,
as in pjsip.conf. What cannot be understood is kept as a problem, and the rest is read on, as Asterisk does.
It must not: judge what is configured, or open files.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# Gives the files that an #include names, as (name, text); none when there are none.
Read = Callable[[str], list[tuple[str, str]]]

# A file that includes itself would be read for ever.
_DEEPEST = 10
_HEADING = re.compile(r"\[([^\]]*)\]\s*(?:\(([^)]*)\))?")
_INCLUDE = re.compile(r"#(try)?include\s*(\S.*)?$")
_FALSE = frozenset({"no", "false", "n", "f", "0", "off"})
_TRUE = frozenset({"yes", "true", "y", "t", "1", "on"})


@dataclass(frozen=True, slots=True)
class Line:
    """`key = value`, at `where` (file:line)."""

    key: str
    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Section:
    """`[name]` with its own lines after those of its templates."""

    name: str
    where: str
    is_template: bool = False
    lines: tuple[Line, ...] = ()

    def line(self, key: str) -> Line | None:
        """The line that counts: the last one of that key, in any case of letters."""
        return next((line for line in reversed(self.lines) if line.key.lower() == key.lower()), None)

    def get(self, key: str, otherwise: str = "") -> str:
        """The value that counts, else `otherwise`."""
        line = self.line(key)
        return line.value if line else otherwise

    def all(self, *keys: str) -> list[Line]:
        """Every line of these keys, in order."""
        wanted = {key.lower() for key in keys}
        return [line for line in self.lines if line.key.lower() in wanted]

    def is_on(self, key: str, otherwise: bool = False) -> bool:
        """Whether the value is one of Asterisk's words for yes; a word that is none of its words is `otherwise`."""
        value = self.get(key).lower()
        return value in _TRUE or (otherwise and value not in _FALSE)

    def place(self, key: str) -> str:
        """Where that key is said, else where the section begins."""
        line = self.line(key)
        return line.where if line else self.where


@dataclass(frozen=True, slots=True)
class Conf:
    """One file with what it includes. `problems` are lines that mean nothing, and includes that are not there."""

    name: str
    sections: tuple[Section, ...] = ()
    problems: tuple[Line, ...] = ()

    def named(self, name: str) -> list[Section]:
        """The sections of that name, templates left out."""
        return [section for section in self.real() if section.name == name]

    def real(self) -> list[Section]:
        """All sections that are no templates."""
        return [section for section in self.sections if not section.is_template]

    def section(self, name: str) -> Section:
        """The lines of all sections of that name together; an empty section at line 1 when there is none."""
        found = self.named(name)
        if not found:
            return Section(name, f"{self.name}:1")
        return Section(name, found[0].where, lines=tuple(line for section in found for line in section.lines))


@dataclass
class _Reading:
    """What was read so far."""

    read: Read
    sections: list[Section] = field(default_factory=list)
    problems: list[Line] = field(default_factory=list)
    # Where the lines go that come next: they belong to the section that was begun last, whichever file they are in.
    current: int | None = None


def parse(name: str, text: str, read: Read = lambda pattern: []) -> Conf:
    """The file `name`, whose content is `text`."""
    reading = _Reading(read)
    _take(reading, name, text, 0)
    return Conf(name, tuple(reading.sections), tuple(reading.problems))


def _take(reading: _Reading, name: str, text: str, depth: int) -> None:
    for number, content in _contents(text):
        where = f"{name}:{number}"
        if content.startswith("#"):
            _take_directive(reading, content, where, depth)
        elif content.startswith("["):
            _begin(reading, content, where)
        else:
            _add(reading, content, where)


def _contents(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, without comments, by their numbers."""
    in_comment = False
    for number, line in enumerate(text.splitlines(), 1):
        content, in_comment = _without_comments(line, in_comment)
        if content:
            yield number, content


def _without_comments(line: str, in_comment: bool) -> tuple[str, bool]:
    """What a line says, and whether it ends within a `;-- comment --;` of several lines."""
    said = ""
    while line:
        if in_comment:
            _, ends, line = line.partition("--;")
            in_comment = not ends
            continue
        begins = re.search(r"(?<!\\);", line)
        said += line[: begins.start()] if begins else line
        rest = line[begins.start() :] if begins else ""
        in_comment = bool(re.match(";--(?!-)", rest))
        line = rest[3:] if in_comment else ""
    return said.strip().replace(r"\;", ";"), in_comment


def _take_directive(reading: _Reading, content: str, where: str, depth: int) -> None:
    matched = _INCLUDE.match(content)
    if not matched or not matched[2]:
        reading.problems.append(Line("#", content, where))
        return
    pattern = matched[2].strip().strip('"<>')
    files = reading.read(pattern) if depth < _DEEPEST else []
    if not files and not matched[1]:
        reading.problems.append(Line("#include", pattern, where))
    for name, text in files:
        _take(reading, name, text, depth + 1)


def _begin(reading: _Reading, content: str, where: str) -> None:
    matched = _HEADING.match(content)
    if not matched:
        reading.problems.append(Line("[", content, where))
        return
    name, options = matched[1], [word.strip() for word in (matched[2] or "").split(",") if word.strip()]
    if "+" in options:
        earlier = [place for place, section in enumerate(reading.sections) if section.name == name]
        if earlier:
            reading.current = earlier[-1]
            return
    inherited: tuple[Line, ...] = ()
    for parent in options:
        inherited += next((one.lines for one in reversed(reading.sections) if one.name == parent), ())
    reading.sections.append(Section(name, where, "!" in options, inherited))
    reading.current = len(reading.sections) - 1


def _add(reading: _Reading, content: str, where: str) -> None:
    key, is_pair, value = content.partition("=")
    if not is_pair or reading.current is None:
        reading.problems.append(Line("", content, where))
        return
    # A key may have an `=` of its own only within parentheses, as in eventfilter(action(exclude),name(VarSet)) = x.
    line = Line(key.strip(), value.removeprefix(">").strip(), where)
    section = reading.sections[reading.current]
    kept = Section(section.name, section.where, section.is_template, (*section.lines, line))
    reading.sections[reading.current] = kept
