"""Errors as RFC 9457 problem documents. What happened inside goes to the log; the answer only carries its id there."""

import logging
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct
from psycopg import DataError, OperationalError
from psycopg.errors import QueryCanceled
from psycopg_pool import PoolTimeout, TooManyRequests

from api.asgi import Message, RawHeaders, Receive, Scope, Send
from api.errors import ApiError, BadRequest, Unavailable
from api.headers import with_defaults

MEDIA_TYPE = "application/problem+json"

log = logging.getLogger("api.problems")


class Problem(Struct, frozen=True):
    """The body: `title` is the status in words, `detail` says what is wrong and, where that helps, what to do."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"


class Answer(Struct, frozen=True):
    """A problem with the headers that go with it."""

    problem: Problem
    headers: dict[str, str]


def problem(status: int, detail: str) -> Problem:
    """The document of an HTTP status."""
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)


def answer_to(error: Exception) -> Answer:
    """What the caller is told about any error. An unexpected one is logged here, and only here."""
    if isinstance(error, ApiError):
        return Answer(problem(error.status, error.detail), error.headers)
    if isinstance(error, ValidationException):
        return Answer(problem(error.status_code, _fields(error)), {})
    if isinstance(error, UnicodeDecodeError):
        return answer_to(BadRequest("What was sent is not UTF-8."))
    if isinstance(error, RecursionError):
        # Only reading a body goes as deep as its sender wants.
        return answer_to(BadRequest("What was sent is nested too deeply."))
    if isinstance(error, HTTPException):
        return Answer(problem(error.status_code, _plain(error)), _allow(error))
    # A cancelled query is an OperationalError too, but then the database did answer: it took too long.
    if isinstance(error, QueryCanceled):
        return answer_to(Unavailable("The database took too long. Ask for a shorter time."))
    # A NUL, or a number that no column holds. Forms say so by field; this is for what nobody thought of.
    if isinstance(error, DataError):
        return answer_to(BadRequest("What was sent has a character or a number that cannot be stored."))
    if isinstance(error, OperationalError | PoolTimeout | TooManyRequests):
        log.warning("the database does not answer", extra={"error": type(error).__name__})
        return answer_to(Unavailable("The database does not answer. Try again in a moment."))
    return _unexpected(error)


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The handler that Litestar calls for any error."""
    answer = answer_to(error)
    return Response(
        msgspec.json.encode(answer.problem),
        status_code=answer.problem.status,
        headers=answer.headers,
        media_type=MEDIA_TYPE,
    )


async def send_problem(send: Send, error: Exception) -> None:
    """The same answer where no framework is at work."""
    answer = answer_to(error)
    body = msgspec.json.encode(answer.problem)
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **answer.headers}
    await send({"type": "http.response.start", "status": answer.problem.status, "headers": raw_headers(headers)})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def refuse_socket(scope: Scope, receive: Receive, send: Send, error: Exception) -> None:
    """The same answer instead of opening a socket, where the server can give one; else 403 without a word."""
    await receive()
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return

    async def send_as_socket(event: Message) -> None:
        if event["type"] == "http.response.start":
            event["headers"] = with_defaults(event["headers"])
        await send({**event, "type": f"websocket.{event['type']}"})

    await send_problem(send_as_socket, error)


def raw_headers(headers: Mapping[str, str]) -> RawHeaders:
    """Headers as ASGI wants them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _unexpected(error: Exception) -> Answer:
    number = uuid.uuid4().hex[:12]
    log.error("unexpected error", exc_info=error, extra={"error_id": number})
    detail = f"Something went wrong on the server. Its log tells more under {number}."
    return Answer(problem(500, detail), {})


def _fields(error: ValidationException) -> str:
    found = error.extra if isinstance(error.extra, list) else []
    texts = [f"{each['key']}: {each['message']}" for each in found if isinstance(each, dict) and "key" in each]
    # Without fields the text names the parameter, and then the path.
    return "; ".join(texts) or f"{error.detail.partition(' for path ')[0]}."


def _plain(error: HTTPException) -> str:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return "There is nothing at this address."
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return HTTPStatus(error.status_code).phrase
    return error.detail


def _allow(error: HTTPException) -> dict[str, str]:
    return {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
