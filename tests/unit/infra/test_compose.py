"""The compose file is one by the Compose Specification's own schema, and hands each process what it reads."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from infra.settings import PREFIX, READS

ROOT = Path(__file__).parents[3]
# The package carries the specification's schema, so that nothing is fetched. Its own code is not needed.
PACKAGE = find_spec("check_jsonschema")
assert PACKAGE is not None and PACKAGE.origin is not None
SCHEMA = Path(PACKAGE.origin).parent / "builtin_schemas/vendor/compose-spec.json"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "infra/compose.yaml").read_text())
# Every process has these without being told: the image says where the data lie, and INFO is what one wants.
IMPLIED = {"DATA", "LOG_LEVEL"}
# In a container of its own a process may serve its figures; `up` has all of them on one machine, and lets none.
METRICS = {name: {"METRICS_HOST", "METRICS_PORT"} for name in ("ingest", "recordings", "streams", "warehouse")}
# Optional, and not for everybody; in containers a proxy before them speaks TLS.
NOT_GIVEN = {"SETTINGS", "TLS_CERT", "TLS_KEY", "SMTP_CA", "SMTP_PASSWORD_FILE"}


def test_it_is_a_compose_file() -> None:
    schema = json.loads(SCHEMA.read_text())
    errors = list(jsonschema.validators.validator_for(schema)(schema).iter_errors(COMPOSE))
    assert errors == []


def test_the_check_would_notice_a_mistake() -> None:
    schema = json.loads(SCHEMA.read_text())
    wrong = COMPOSE | {"services": {"api": {"imagee": "x"}}}
    assert list(jsonschema.validators.validator_for(schema)(schema).iter_errors(wrong))


@pytest.mark.parametrize("process", sorted(READS))
def test_each_process_is_handed_what_it_reads_and_nothing_else(process: str) -> None:
    given = {name.removeprefix(PREFIX) for name in COMPOSE["services"][process]["environment"]}
    assert given | NOT_GIVEN == set(READS[process]) - IMPLIED | NOT_GIVEN | METRICS.get(process, set())


def test_each_process_runs_the_command_of_its_name() -> None:
    assert {name: COMPOSE["services"][name]["command"][0] for name in READS} == {name: name for name in READS}


def test_no_secret_has_a_default() -> None:
    values = [
        value
        for service in COMPOSE["services"].values()
        for name, value in service.get("environment", {}).items()
        if name.endswith(("PASSWORD", "SECRET")) or ("://" in str(value) and "PLAINTEXT" not in str(value))
    ]
    assert len(values) >= 8
    # Whose mail server wants no login has none: empty is no default.
    assert all("_PASSWORD:?}" in value or value == "${SMTP_PASSWORD:-}" for value in values)


def test_the_page_is_on_loopback_and_nothing_else_is_published() -> None:
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"api": ["127.0.0.1:8000:8000"]}


def test_who_needs_somebody_names_one_that_is_there() -> None:
    needed = {need for service in COMPOSE["services"].values() for need in service.get("depends_on", {})}
    assert needed <= set(COMPOSE["services"])
