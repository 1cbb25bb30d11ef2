"""infra/kubernetes/ as its readers see it: the documents, the pods in them, and the environment that a pod is given."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "infra/kubernetes"
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
DOCUMENTS: list[dict[str, Any]] = [
    document for path in KUSTOMIZATION["resources"] for document in yaml.safe_load_all((FOLDER / path).read_text())
]


def document(kind: str, name: str) -> dict[str, Any]:
    """The one document of this kind and name."""
    (found,) = [it for it in DOCUMENTS if (it["kind"], it["metadata"]["name"]) == (kind, name)]
    return found


def named(it: Mapping[str, Any]) -> str:
    """How a document is called in a test's name."""
    return f"{it['kind']}-{it['metadata']['name']}"


class Workload(NamedTuple):
    """A document that makes pods, and its pod; each has one container."""

    document: dict[str, Any]
    pod: dict[str, Any]

    @property
    def container(self) -> dict[str, Any]:
        (container,) = self.pod["containers"]
        return dict(container)

    @property
    def process(self) -> str:
        """The name of the process: what stands before a dash, as in `ingest-pbx1`."""
        return str(self.container["name"])

    def folder(self) -> str:
        """The volume that TRUNKLINE_DATA is on; empty where it is on none."""
        mounts = {it["mountPath"]: str(it["name"]) for it in self.container["volumeMounts"]}
        return mounts.get("/data", "")

    def environment(self, secrets: Mapping[str, str], settings: Mapping[str, str], pod: str) -> dict[str, str]:
        """What the container is started with. `secrets` are the Secret's keys; `settings` go before the ConfigMaps'."""
        given: dict[str, str] = {}
        for source in self.container.get("envFrom", ()):
            given |= _settings(source["configMapRef"]["name"], settings)
        for entry in self.container["env"]:
            value = _value(entry, secrets, settings, pod)
            if value is not None:
                # References are to what stands before in the same list.
                given[entry["name"]] = re.sub(r"\$\((\w+)\)", lambda found: given[found[1]], value)
        return given

    def arguments(self, environment: Mapping[str, str]) -> list[str]:
        """What stands behind `trunkline`."""
        return [re.sub(r"\$\((\w+)\)", lambda found: environment[found[1]], it) for it in self.container["args"]]


def workloads() -> dict[str, Workload]:
    """All of them, by the process that they run."""
    return {it.process: it for it in _workloads()}


def _workloads() -> Iterator[Workload]:
    for it in DOCUMENTS:
        if "template" in it.get("spec", {}):
            yield Workload(it, it["spec"]["template"]["spec"])


def _settings(config_map: str, instead: Mapping[str, str]) -> dict[str, str]:
    data: dict[str, str] = document("ConfigMap", config_map)["data"]
    return data | {name: value for name, value in instead.items() if name in data}


def _value(entry: Mapping[str, Any], secrets: Mapping[str, str], settings: Mapping[str, str], pod: str) -> str | None:
    if "value" in entry:
        return str(entry["value"])
    ((kind, source),) = entry["valueFrom"].items()
    if kind == "fieldRef":
        return {"metadata.name": pod}[source["fieldPath"]]
    if kind == "configMapKeyRef":
        return _settings(source["name"], settings)[source["key"]]
    return secrets.get(source["key"]) if source.get("optional") else secrets[source["key"]]
