"""What PostgreSQL's errors mean."""

import psycopg
import pytest
from psycopg import errors

from streams.database import Database, translate
from streams.errors import Fenced, RowsRefused, StreamsError, Unavailable, Unfit


class FencedByFunction(psycopg.Error):
    """What advance_offset raises."""

    sqlstate = "TF001"


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (FencedByFunction("fenced: pbx.events partition 0"), Fenced),
        (psycopg.OperationalError("connection refused"), Unavailable),
        (psycopg.InterfaceError("the connection is closed"), Unavailable),
        (errors.AdminShutdown("terminating connection"), Unavailable),
        (errors.ReadOnlySqlTransaction("a standby"), Unavailable),
        (errors.DiskFull("no space left"), Unavailable),
        (errors.SerializationFailure("again"), Unavailable),
        (errors.UntranslatableCharacter("NUL"), RowsRefused),
        (errors.DatetimeFieldOverflow("the year 99999"), RowsRefused),
        (errors.CheckViolation("status"), RowsRefused),
        (errors.ProgramLimitExceeded("too big"), RowsRefused),
        (errors.UndefinedTable("pbx_health"), Unfit),
        (errors.InsufficientPrivilege("sink_offsets"), Unfit),
        (psycopg.ProgrammingError("no such placeholder"), Unfit),
    ],
)
def test_what_an_error_means(error: psycopg.Error, meaning: type[StreamsError]) -> None:
    translated = translate(error)
    assert type(translated) is meaning
    assert str(error) in str(translated)


async def test_a_database_that_is_not_there_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    # Port 1 on loopback: nobody listens, and the system says so at once.
    database = Database("postgresql://nobody:hidden@127.0.0.1:1/none")
    for _ in range(2):
        with pytest.raises(Unavailable):
            async with database.connected():
                pass
    assert [record.message for record in caplog.records] == ["database is lost"]
    assert "hidden" not in caplog.text
