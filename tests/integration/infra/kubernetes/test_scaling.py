"""Scaling is valid by KEDA's own definitions, and names the group, topic and number of partitions that the code has."""

from typing import Any

import jsonschema
import pytest
from cloudcoil.models.keda import v1alpha1 as keda
from manifests import document, workloads

from calls.topics import EVENTS
from ingest.ingester import PACK_S
from streams.app import GROUP, make_app
from streams.broker import Broker

SCALED = document("ScaledObject", "streams")
LOGIN = document("TriggerAuthentication", "kafka")
(TRIGGER,) = SCALED["spec"]["triggers"]
KAFKA = document("ConfigMap", "kafka")["data"]
# What KEDA's documentation of its Kafka scaler names: in the definitions these are a map of anything.
KNOWN = {
    "bootstrapServers", "bootstrapServersFromEnv", "consumerGroup", "topic", "lagThreshold", "activationLagThreshold",
    "offsetResetPolicy", "allowIdleConsumers", "scaleToZeroOnInvalidOffset", "excludePersistentLag",
    "limitToPartitionsWithLag", "version", "partitionLimitation", "sasl", "tls",
}  # fmt: skip


def test_it_is_valid() -> None:
    assert _mistakes(keda.ScaledObject, SCALED) == []
    assert _mistakes(keda.TriggerAuthentication, LOGIN) == []


@pytest.mark.parametrize("wrong", [{"minReplicaCounts": 0}, {"cooldownPeriod": "soon"}, {"triggers": [{}]}])
def test_the_check_would_notice_a_mistake(wrong: dict[str, Any]) -> None:
    assert _mistakes(keda.ScaledObject, SCALED | {"spec": SCALED["spec"] | wrong})


def _mistakes(model: type[Any], manifest: dict[str, Any]) -> list[Any]:
    """By the definition that the model was made from. Unlike it, nothing unknown is allowed."""
    schema = _closed(model.model_json_schema())
    return list(jsonschema.Draft202012Validator(schema).iter_errors(manifest))


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(it) for name, it in schema.items()}
    return closed if "properties" not in schema else {"additionalProperties": False} | closed


def test_it_watches_what_the_workers_read() -> None:
    said = TRIGGER["metadata"]
    assert (said["consumerGroup"], said["topic"]) == (GROUP, EVENTS.name)
    assert set(said) <= KNOWN


def test_there_are_no_more_workers_than_partitions_and_none_when_nothing_waits() -> None:
    spec = SCALED["spec"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (0, EVENTS.partitions)
    assert TRIGGER["metadata"]["activationLagThreshold"] == "0"


def test_what_was_never_committed_counts_from_the_beginning_as_it_does_for_a_worker() -> None:
    said = TRIGGER["metadata"]
    assert (said["offsetResetPolicy"], said["scaleToZeroOnInvalidOffset"]) == ("earliest", "false")


def test_the_commit_interval_alone_is_not_taken_for_lag(tmp_path: Any) -> None:
    commit_s = make_app(Broker("127.0.0.1:1"), "1", tmp_path).conf.broker_commit_interval
    of_all_pbxs = EVENTS.partitions * commit_s / PACK_S
    assert of_all_pbxs < int(TRIGGER["metadata"]["lagThreshold"])


def test_it_scales_the_workers_whose_number_nobody_else_sets() -> None:
    workers = workloads()["streams"].document
    target = SCALED["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": workers["apiVersion"], "kind": workers["kind"], "name": workers["metadata"]["name"]}
    assert "replicas" not in workers["spec"]


def test_a_worker_has_a_name_that_nobody_else_has_and_that_outlives_its_process() -> None:
    (name,) = [it for it in workloads()["streams"].container["env"] if it["name"] == "TRUNKLINE_WORKER"]
    assert name["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"


def test_keda_reaches_the_broker_as_the_workers_do() -> None:
    said = TRIGGER["metadata"]
    assert said["bootstrapServersFromEnv"] in KAFKA
    assert said["tls"] == {"1": "enable", "0": "disable"}[KAFKA["TRUNKLINE_KAFKA_TLS"]]
    assert said["sasl"] == KAFKA["TRUNKLINE_KAFKA_MECHANISM"].lower().replace("-sha-", "_sha")
    assert TRIGGER["authenticationRef"]["name"] == LOGIN["metadata"]["name"]


def test_keda_logs_in_with_the_workers_own_secrets() -> None:
    theirs = {
        it["valueFrom"]["secretKeyRef"]["key"]
        for it in workloads()["streams"].container["env"]
        if it["name"].startswith("TRUNKLINE_KAFKA_")
    }
    ours = {it["parameter"]: (it["name"], it["key"]) for it in LOGIN["spec"]["secretTargetRef"]}
    assert {key for name, key in ours.values() if name == "trunkline"} == theirs == {"KAFKA_USER", "KAFKA_PASSWORD"}
    assert ours["ca"] == ("kafka-ca", KAFKA["TRUNKLINE_KAFKA_CA"].rpartition("/")[2])
