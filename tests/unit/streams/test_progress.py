"""What the watch asks and tells."""

from streamed.recording_database import RecordingDatabase

from streams.progress import Progress
from streams.sink import Place

PLACE = Place("cluster", "pbx.events")


async def test_the_total_is_of_our_topic_in_our_cluster() -> None:
    database = RecordingDatabase({"sum(next_offset)": [(17,)]})
    assert await Progress(database, PLACE).total() == 17
    assert database.asked[0][1] == PLACE


async def test_partitions_that_are_up_to_date_are_told_at_once() -> None:
    database = RecordingDatabase()
    await Progress(database, PLACE).up_to_date([0, 3])
    assert database.asked[0][1] == ([0, 3],)


async def test_nothing_to_tell_asks_nothing() -> None:
    database = RecordingDatabase()
    await Progress(database, PLACE).up_to_date([])
    assert database.asked == []


async def test_the_offsets_are_of_our_topic_in_our_cluster() -> None:
    database = RecordingDatabase({"next_offset": [(0, 17), (3, 4)]})
    assert await Progress(database, PLACE).offsets() == {0: 17, 3: 4}
    assert database.asked[0][1] == PLACE
