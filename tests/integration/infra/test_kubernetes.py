"""Each process as its manifest says: told all by its environment, on real servers, and stopped by SIGTERM in time."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from installation import TRUNKLINE, free_port
from manifests import Workload, workloads

from infra.server import Server

# Generous: what is looked at is that it happens.
LIMIT_S = 120.0
SERVING = ("ingest", "streams", "warehouse", "dashboard", "api")
# What any container has beside what its manifest gives it.
BARE = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
MADE_UP = "0123456789abcdef" * 2


class Cluster:
    """What Kubernetes does with the manifests, on this machine: volumes are folders, Services are ports."""

    def __init__(self, folder: Path, broker: str, owner_url: str, ami: str) -> None:
        database = urlsplit(owner_url)
        at = f"{database.hostname}:{database.port}"
        self.settings = {
            "TRUNKLINE_KAFKA": broker,
            "TRUNKLINE_KAFKA_TLS": "0",
            "database": f"{at}/trunkline",
            "lake": f"{at}/lake",
        }
        names = ("STREAMS", "API", "WAREHOUSE", "RECORDINGS", "AMI", "CONTROL", "ADMIN", "ASTERISK", "JWT")
        self.secrets = {f"{name}_PASSWORD": MADE_UP for name in names} | {"OWNER_PASSWORD": database.password or ""}
        self.port = free_port()
        self.addresses = {
            "TRUNKLINE_AMI": ami,
            "TRUNKLINE_DASHBOARD": f"127.0.0.1:{free_port()}",
            "TRUNKLINE_HOST": "127.0.0.1",
            "TRUNKLINE_PORT": str(self.port),
            "TRUNKLINE_METRICS_HOST": "127.0.0.1",
        }
        self.metrics: dict[str, int] = {}
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, workload: Workload, pod: str) -> subprocess.Popen[bytes]:
        """Run a container."""
        environment = workload.environment(self.secrets, self.settings, pod)
        environment |= {name: it for name, it in self.addresses.items() if name in environment}
        if "TRUNKLINE_METRICS_PORT" in environment:
            self.metrics[pod] = free_port()
            environment["TRUNKLINE_METRICS_PORT"] = str(self.metrics[pod])
        environment["TRUNKLINE_DATA"] = str(self.volume(workload, pod))
        with (self._folder / f"{pod}.log").open("ab") as said:
            process = subprocess.Popen(
                [str(TRUNKLINE), *workload.arguments(environment)], env=BARE | environment, stdout=said, stderr=said
            )
        self._running[pod] = process
        return process

    def volume(self, workload: Workload, pod: str) -> Path:
        """The folder that is mounted as /data. One that is not there stands for the image's, which is read-only."""
        name = workload.folder()
        if not name:
            return self._folder / "not there"
        shared = any("persistentVolumeClaim" in it for it in workload.pod["volumes"] if it["name"] == name)
        folder = self._folder / (name if shared else f"{pod}-{name}")
        folder.mkdir(exist_ok=True)
        return folder

    def run(self, workload: Workload, pod: str) -> str:
        """Run a Job's container to its end; what it said. Fails the test when it fails."""
        assert self.start(workload, pod).wait(LIMIT_S) == 0, self.told(pod)
        del self._running[pod]
        return self.told(pod)

    def told(self, pod: str) -> str:
        """What a pod has said."""
        return (self._folder / f"{pod}.log").read_text()

    def figures(self, pod: str) -> str:
        """What Prometheus reads of a pod."""
        connection = http.client.HTTPConnection("127.0.0.1", self.metrics[pod], timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()

    def stop(self, workload: Workload, pod: str) -> int:
        """SIGTERM; the exit code. Fails the test when it takes longer than the manifest allows."""
        process = self._running.pop(pod)
        process.send_signal(signal.SIGTERM)
        return process.wait(workload.pod["terminationGracePeriodSeconds"])

    def wait_until_ready(self) -> None:
        """Until /readyz says that everything is there and every PBX's events are applied."""
        deadline = time.monotonic() + LIMIT_S
        while not self._ready():
            gone = [pod for pod, it in self._running.items() if it.poll() is not None]
            assert not gone, "\n".join(self.told(pod) for pod in gone)
            assert time.monotonic() < deadline, "\n".join(self.told(pod)[-2000:] for pod in self._running)
            time.sleep(0.2)

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    def end(self) -> None:
        """Leave nothing behind."""
        for process in self._running.values():
            process.kill()
            process.wait()


@pytest.fixture
def ami() -> Iterator[str]:
    """The manager interface of a simulated PBX."""
    argv = [sys.executable, "-m", "asterisk.simulator", "--listen", "127.0.0.1:0", "--name", "pbx1", "--rate", "1"]
    secret = {"TRUNKLINE_AMI_SECRET": MADE_UP}
    with subprocess.Popen(argv, env=os.environ | secret, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield re.findall(r"127\.0\.0\.1:\d+", process.stdout.readline())[0]
        process.kill()


@pytest.fixture
def cluster(
    tmp_path: Path, own_kafka: Server, own_postgres: tuple[Server, Callable[..., str]], ami: str
) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path, own_kafka.address, own_postgres[1]("trunkline"), ami)
    yield cluster
    cluster.end()


def test_every_process_runs_by_its_manifest_and_stops_in_time(cluster: Cluster) -> None:
    ours = workloads()
    assert "pbx1 has partition 0." in cluster.run(ours["migrate"], "migrate")
    for name in SERVING:
        cluster.start(ours[name], name)
    cluster.wait_until_ready()
    for name, figure in [("ingest", "ami_connected"), ("streams", "streams_lag"), ("warehouse", "warehouse_calls")]:
        assert f"trunkline_{figure}" in cluster.figures(name)
    # Another pod with an empty volume goes on where the first one was stopped.
    for name in ("streams", "dashboard", "api"):
        assert _ended_well(cluster.stop(ours[name], name))
        if ours[name].folder() == "data":
            shutil.rmtree(cluster.volume(ours[name], name))
        cluster.start(ours[name], f"{name}-again")
    cluster.wait_until_ready()
    for name in SERVING:
        pod = name if name in ("ingest", "warehouse") else f"{name}-again"
        assert _ended_well(cluster.stop(ours[name], pod)), cluster.told(pod)
    # The API keeps nothing: it only reads what the warehouse published.
    assert [it["readOnly"] for it in ours["api"].container["volumeMounts"] if it["mountPath"] == "/data"] == [True]


def _ended_well(code: int) -> bool:
    """uvicorn stops in order and then lets the signal end the process."""
    return code in (0, -signal.SIGTERM)
