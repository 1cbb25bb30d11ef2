"""Small configurations for the doctor's checks: what is found, by the names of the checks and the places."""

from collections.abc import Sequence

from asterisk.conf import parse
from infra.doctor.check import Check, Finding, Severity, examine
from infra.doctor.files import PbxFiles


def files(**texts: str) -> PbxFiles:
    """`pjsip="[a] …"` is the file pjsip.conf."""
    return PbxFiles({f"{name}.conf": parse(f"{name}.conf", text) for name, text in texts.items()})


def amiss(checks: Sequence[Check[PbxFiles]], **texts: str) -> set[str]:
    """The names of the checks that find something in these files."""
    return {finding.check for finding in found(checks, **texts)}


def found(checks: Sequence[Check[PbxFiles]], **texts: str) -> list[Finding]:
    """What is amiss in these files."""
    return [one for one in examine(checks, files(**texts)) if one.severity not in (Severity.OK, Severity.UNSEEN)]
