"""A dashboard that does not answer."""

import httpx


class NoDashboard(httpx.AsyncBaseTransport):
    """A dashboard that is down."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)
