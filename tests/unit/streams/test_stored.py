"""The query that reads calls back speaks of every field of their form."""

import msgspec
import pytest
from stories import told
from streamed.recording_database import RecordingDatabase

from calls.form import CallForm, LegForm, MissedForm, RecordingForm, StintForm, call_form
from calls.live import CallLive
from streams.stored import stored_calls


async def query() -> str:
    database = RecordingDatabase()
    await stored_calls(database)
    return database.asked[0][0]


@pytest.mark.parametrize("form", [CallForm, StintForm, LegForm, MissedForm, RecordingForm])
async def test_every_field_is_read(form: type[msgspec.Struct]) -> None:
    text = await query()
    assert [field for field in form.__struct_fields__ if f"'{field}', " not in text] == []


async def test_a_row_becomes_the_call_as_it_is_published() -> None:
    form = call_form(told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice").call)
    database = RecordingDatabase({"call_sessions": [(4, "alice", msgspec.json.encode(form).decode())]})
    assert await stored_calls(database, "call.call_id = %s", ("pbx:1",)) == [CallLive(4, form, "alice")]
    assert "WHERE call.call_id = %s ORDER BY" in database.asked[0][0]
