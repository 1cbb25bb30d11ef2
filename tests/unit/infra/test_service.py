"""The order of stopping follows from who needs whom."""

import pytest

from infra.server import Prepared
from infra.service import Say, Service, stop_waves


def never(say: Say) -> Prepared:
    raise AssertionError("nothing is prepared to find the order")


def service(name: str, *needs: str) -> Service:
    return Service(name, never, needs=needs)


def test_nobody_stops_before_those_who_need_it() -> None:
    services = [service("kafka"), service("postgres"), service("streams", "kafka", "postgres"), service("api", "kafka")]
    assert stop_waves(services) == [["streams", "api"], ["kafka", "postgres"]]


def test_a_chain_stops_from_its_end() -> None:
    assert stop_waves([service("a"), service("b", "a"), service("c", "b")]) == [["c"], ["b"], ["a"]]


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        stop_waves([service("a", "b"), service("b", "a")])


def test_a_need_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="kafka"):
        stop_waves([service("streams", "kafka")])
