"""api/problems.py: errors as documents that say what is wrong and nothing of the inside."""

import json
import logging
from typing import Any

import pytest
from litestar.exceptions import NotFoundException, PermissionDeniedException, ValidationException
from psycopg import DataError, OperationalError
from psycopg.errors import QueryCanceled
from psycopg_pool import PoolTimeout

from api.errors import ApiError, NotFound, TooManyTries
from api.problems import answer_to, send_problem


def test_our_own_errors_say_what_they_say() -> None:
    answer = answer_to(NotFound("Agent extension not found"))
    assert (answer.problem.status, answer.problem.title) == (404, "Not Found")
    assert answer.problem.detail == "Agent extension not found"


def test_a_wrong_field_is_named() -> None:
    error = ValidationException(extra=[{"key": "startDate", "message": "Expected `str`"}])
    assert answer_to(error).problem.detail == "startDate: Expected `str`"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundException(), 404),
        (PermissionDeniedException("no"), 403),
        (OperationalError("connection to server at 10.0.0.7 failed: password"), 503),
        (PoolTimeout("no connection for trunkline_api"), 503),
        (QueryCanceled("canceling statement"), 503),
        (RecursionError("secret"), 400),
        (UnicodeDecodeError("utf-8", b"secret", 0, 1, "secret"), 400),
        (DataError("secret cannot contain NUL"), 400),
        (ValueError("secret inside"), 500),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_inside_stays_inside(error: Exception, status: int) -> None:
    answer = answer_to(error)
    assert answer.problem.status == status
    assert not any(word in answer.problem.detail for word in ("10.0.0.7", "secret", "trunkline_api", "statement"))


def test_what_went_wrong_is_in_the_log_under_the_id_that_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        detail = answer_to(KeyError("inside")).problem.detail
    (record,) = caplog.records
    assert record.__dict__["error_id"] in detail
    assert record.exc_info is not None and "inside" in str(record.exc_info[1])


async def test_the_same_answer_without_a_framework() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    error: ApiError = TooManyTries(2)
    await send_problem(send, error)
    start, body = sent
    assert start["status"] == 429
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
    assert dict(start["headers"])[b"retry-after"] == b"2"
    assert json.loads(body["body"])["detail"] == error.detail
