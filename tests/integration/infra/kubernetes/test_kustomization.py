"""The manifests are valid by Kubernetes' own schema, and say the same as the code, the image and the compose file."""

import copy
import re
from typing import Any

import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner
from manifests import DOCUMENTS, FOLDER, KUSTOMIZATION, ROOT, Workload, document, named, workloads

from infra.__main__ import PROGRAMS, trunkline
from infra.migrate import FOLDER as MIGRATIONS
from infra.settings import KAFKA_SECURITY, PREFIX, READS

# The oldest that knows all that is used (ReadWriteOncePod), and the newest that the package has.
VERSIONS = ("1.29", kubernetes_validate.latest_version())
OURS = [it for it in DOCUMENTS if not it["apiVersion"].startswith("keda.sh/")]
WORKLOADS = workloads()
PAGE = (ROOT / "docs/kubernetes.md").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "infra/compose.yaml").read_text())
# Compose calls `migrate` by what it is for.
IN_COMPOSE = {name: COMPOSE["services"][{"migrate": "prepare"}.get(name, name)] for name in WORKLOADS}
# What the image says or is well as it is; what not everybody wants.
NOT_GIVEN = {"DATA", "LOG_LEVEL", "SETTINGS", "AMI_TLS", "AMI_CA", "QUEUE_LOG", "CEL", "CDR", "TLS_CERT", "TLS_KEY"}
# The keeper is on the PBX's own machine, and what it keeps is on a disk of one's own choice (docs/kubernetes.md).
NOT_GIVEN |= {"RECORDINGS", "RECORDING_KEYS", "RECORDING_SPOOL"}
# A Secret comes as a value, and authorities of one's own are a volume of one's own.
NOT_GIVEN |= {"SMTP_CA", "SMTP_PASSWORD_FILE"}
# In a container of its own a process may serve its figures; `up` has all of them on one machine, and lets none.
MEASURED, METRICS = ("ingest", "streams", "warehouse"), {"METRICS_HOST", "METRICS_PORT"}
# What a URL is put together from stands before it under a name of its own.
ROLES = ("STREAMS", "API", "WAREHOUSE", "RECORDINGS", "ASTERISK")
PARTS_OF_URLS = {"DATABASE", "LAKE", *(f"{role}_PASSWORD" for role in ("OWNER", *ROLES))}
# A name for the process of one's own, an address to listen on: what differs between one machine and a cluster.
DIFFERENT = {
    "DATABASE",
    "LAKE",
    "KAFKA",
    "WORKER",
    "PBX",
    "AMI",
    "AMI_USER",
    "CONTROL_USER",
    "DASHBOARD",
    "TIMEZONE",
    "SIP",
}

each_workload = pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", OURS, ids=named)
def test_it_is_valid(manifest: dict[str, Any], version: str) -> None:
    assert kubernetes_validate.validate(manifest, version, strict=True)


def test_the_check_would_notice_a_mistake() -> None:
    wrong = copy.deepcopy(WORKLOADS["api"].document)
    wrong["spec"]["template"]["spec"]["containers"][0]["imagee"] = "x"
    with pytest.raises(kubernetes_validate.ValidationError, match="imagee"):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_every_file_is_in_the_kustomization() -> None:
    assert set(KUSTOMIZATION["resources"]) == {path.name for path in FOLDER.iterdir()} - {"kustomization.yaml"}


def test_every_process_runs_here_except_those_that_are_beside_a_pbx() -> None:
    assert set(WORKLOADS) == set(READS) - {"simulator", "recordings"} | {"migrate"}


@each_workload
def test_it_runs_what_compose_runs(workload: Workload) -> None:
    ours, theirs = workload.container["args"], IN_COMPOSE[workload.process]["command"]
    words = [word for word in theirs if re.fullmatch(r"[a-z]+|--[a-z]+", word)]
    assert [word for word in ours if word in words] == words
    assert ours[0] in {*PROGRAMS, "migrate"}


def test_every_option_of_migrate_is_one() -> None:
    told = CliRunner().invoke(trunkline, ["migrate", "--help"]).output
    assert all(f"{word} " in told for word in WORKLOADS["migrate"].container["args"] if word.startswith("--"))


@each_workload
def test_it_is_handed_what_it_reads_and_nothing_else(workload: Workload) -> None:
    given = {name.removeprefix(PREFIX) for name in _given(workload)}
    assert given - PARTS_OF_URLS == _read_by(workload.process) - PARTS_OF_URLS - NOT_GIVEN


def _given(workload: Workload) -> set[str]:
    shared = [document("ConfigMap", it["configMapRef"]["name"]) for it in workload.container.get("envFrom", ())]
    return {it["name"] for it in workload.container["env"]} | {name for it in shared for name in it["data"]}


def _read_by(process: str) -> set[str]:
    if process == "migrate":
        roles = {f"{role}_PASSWORD" for role in ROLES}
        return {"DATABASE", "KAFKA", *roles, *(name.removeprefix(PREFIX) for name in KAFKA_SECURITY)}
    reads = set(READS[process]) | (METRICS if process in MEASURED else set())
    return reads | {name.removeprefix(PREFIX) for name in KAFKA_SECURITY if "KAFKA" in reads}


@each_workload
def test_what_compose_says_too_is_the_same(workload: Workload) -> None:
    theirs = IN_COMPOSE[workload.process]["environment"]
    for entry in workload.container["env"]:
        name = entry["name"].removeprefix(PREFIX)
        if "value" in entry and name not in DIFFERENT:
            assert entry["value"] == str(theirs[entry["name"]])


@each_workload
def test_every_secret_it_names_is_on_the_page_and_every_setting_in_its_map(workload: Workload) -> None:
    for entry in workload.container["env"]:
        source = entry.get("valueFrom", {})
        if "secretKeyRef" in source:
            assert source["secretKeyRef"]["name"] == "trunkline"
            assert f"`{source['secretKeyRef']['key']}`" in PAGE
        if "configMapKeyRef" in source:
            reference = source["configMapKeyRef"]
            assert reference["key"] in document("ConfigMap", reference["name"])["data"]


def test_what_the_page_tells_to_patch_is_there() -> None:
    example = yaml.safe_load(PAGE.partition("```yaml\n")[2].partition("```")[0])
    patches = [(it.get("target"), yaml.safe_load(it["patch"])) for it in example["patches"]]
    assert len(patches) == 6
    for target, patch in patches:
        if target is None:
            assert _is_part(patch)
        else:
            assert all(_at(document(target["kind"], target["name"]), it["path"]) for it in patch)


def _is_part(patch: dict[str, Any]) -> bool:
    there = document(patch["kind"], patch["metadata"]["name"])
    if patch["kind"] == "ConfigMap":
        return set(patch["data"]) <= set(there["data"])
    (container,) = patch["spec"]["template"]["spec"]["containers"]
    (ours,) = there["spec"]["template"]["spec"]["containers"]
    names = {it["name"] for it in ours["env"]}
    return bool(container["name"] == ours["name"]) and {it["name"] for it in container["env"]} <= names


def _at(there: Any, path: str) -> Any:
    for step in path.split("/")[1:]:
        there = there[int(step)] if isinstance(there, list) else there[step]
    return there


def test_no_secret_is_in_a_manifest() -> None:
    assert not [it for it in DOCUMENTS if it["kind"] == "Secret"]
    said = [
        it["value"]
        for workload in WORKLOADS.values()
        for it in workload.container["env"]
        if "value" in it and (it["name"].endswith(("PASSWORD", "SECRET")) or "@" in it["value"])
    ]
    assert len(said) == 5
    assert all(re.fullmatch(r"postgresql://trunkline_\w+:\$\([A-Z]+_PASSWORD\)@\$\([A-Z]+\)", url) for url in said)


def test_every_image_is_the_one_that_compose_builds() -> None:
    images = {workload.container["image"] for workload in WORKLOADS.values()}
    assert images == {COMPOSE["services"]["api"]["image"]}
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert images == {f"trunkline:{version[1]}"}


@each_workload
def test_its_pod_may_do_nothing_that_it_need_not(workload: Workload) -> None:
    (user,) = re.findall(r"^USER (\d+):", (ROOT / "infra/Dockerfile").read_text(), re.MULTILINE)
    assert workload.pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": int(user),
        "runAsGroup": int(user),
        "fsGroup": int(user),
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert workload.container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert workload.pod["automountServiceAccountToken"] is False


@each_workload
def test_no_services_variables_look_like_our_settings(workload: Workload) -> None:
    assert workload.pod["enableServiceLinks"] is False


@each_workload
def test_it_says_what_it_needs(workload: Workload) -> None:
    resources = workload.container["resources"]
    assert set(resources["requests"]) == {"cpu", "memory"}
    assert set(resources["limits"]) == {"memory"}


@each_workload
def test_what_it_mounts_is_there(workload: Workload) -> None:
    claimed = {it["metadata"]["name"] for it in workload.document["spec"].get("volumeClaimTemplates", ())}
    there = claimed | {it["name"] for it in workload.pod["volumes"]}
    assert {it["name"] for it in workload.container["volumeMounts"]} == there
    for volume in workload.pod["volumes"]:
        if "persistentVolumeClaim" in volume:
            assert document("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"])


@each_workload
def test_whoever_talks_to_kafka_has_its_certificate_where_it_looks(workload: Workload) -> None:
    mounts = {it["name"]: it["mountPath"] for it in workload.container["volumeMounts"]}
    assert ("kafka-ca" in mounts) == (f"{PREFIX}KAFKA" in _given(workload))
    path = document("ConfigMap", "kafka")["data"]["TRUNKLINE_KAFKA_CA"]
    assert mounts.get("kafka-ca", "/kafka") == path.rpartition("/")[0]


def test_a_log_has_one_writer() -> None:
    ingest = WORKLOADS["ingest"].document
    (claim,) = ingest["spec"]["volumeClaimTemplates"]
    assert (ingest["kind"], ingest["spec"]["replicas"]) == ("StatefulSet", 1)
    assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]
    assert WORKLOADS["ingest"].folder() == claim["metadata"]["name"]


def test_the_first_pbx_that_is_migrated_has_the_partition_that_its_ingester_names() -> None:
    arguments = WORKLOADS["migrate"].container["args"]
    said = {it["name"]: it.get("value") for it in WORKLOADS["ingest"].container["env"]}
    assert arguments[arguments.index("--pbx") + 1] == said["TRUNKLINE_PBX"]
    assert said["TRUNKLINE_PARTITION"] == "0"
    assert "ORDER BY count(pbx), p" in (MIGRATIONS / "0001_calls.sql").read_text()


def test_every_selector_selects_a_pod() -> None:
    labels = [it.document["spec"]["template"]["metadata"]["labels"] for it in WORKLOADS.values()]
    selectors = [it["spec"]["selector"] for it in DOCUMENTS if "selector" in it.get("spec", {})]
    assert len(selectors) >= 9
    for selector in selectors:
        wanted = selector.get("matchLabels", selector)
        assert any(wanted.items() <= has.items() for has in labels), wanted


def test_every_port_that_is_named_is_one() -> None:
    for name in ("api", "dashboard"):
        container = WORKLOADS[name].container
        assert [it["name"] for it in container["ports"]] == ["http"]
        assert document("Service", name)["spec"]["ports"][0]["targetPort"] == "http"
    assert f"dashboard:{document('Service', 'dashboard')['spec']['ports'][0]['port']}" in str(WORKLOADS["api"])
    said = {it["name"]: it.get("value") for it in WORKLOADS["dashboard"].container["env"]}
    assert said["TRUNKLINE_DASHBOARD"] == f"0.0.0.0:{WORKLOADS['dashboard'].container['ports'][0]['containerPort']}"


@pytest.mark.parametrize("process", MEASURED)
def test_the_cluster_may_read_its_figures(process: str) -> None:
    said = {it["name"]: it.get("value") for it in WORKLOADS[process].container["env"]}
    ports = {it["name"]: it["containerPort"] for it in WORKLOADS[process].container["ports"]}
    assert (said["TRUNKLINE_METRICS_HOST"], said["TRUNKLINE_METRICS_PORT"]) == ("0.0.0.0", str(ports["metrics"]))
    policy = document("NetworkPolicy", "the-cluster-to-the-figures")["spec"]
    ((selector,), (rule,)) = policy["podSelector"]["matchExpressions"], policy["ingress"]
    labels = WORKLOADS[process].document["spec"]["template"]["metadata"]["labels"]
    assert selector["operator"] == "In" and labels[selector["key"]] in selector["values"]
    assert rule == {"from": [{"namespaceSelector": {}}], "ports": [{"port": "metrics"}]}


def test_the_api_is_asked_whether_it_lives_not_whether_the_whole_does() -> None:
    container = WORKLOADS["api"].container
    assert {container[probe]["httpGet"]["path"] for probe in ("readinessProbe", "livenessProbe")} == {"/livez"}
