"""What holds of every process's numbers: they are served where it is told, and not at all without a port."""

from collections.abc import Callable
from contextlib import closing
from urllib.request import urlopen
from wsgiref.simple_server import WSGIServer


def serves_where_told(serve: Callable[[str, str], WSGIServer | None], holding: bytes) -> None:
    """Serve on this machine alone and for everybody; `holding` must be in what is read. Then on no port."""
    assert serve("127.0.0.1", "") is None
    for host in ("127.0.0.1", "0.0.0.0"):
        server = serve(host, "0")
        assert server is not None and server.server_address[0] == host
        with closing(urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=5)) as answer:
            assert holding in answer.read()
        server.shutdown()
        server.server_close()
