"""api/privacy/zip_stream.py: what was drained is a whole ZIP, and nothing is kept that was drained."""

import io
import os
import zipfile
from datetime import UTC, datetime

from api.privacy.zip_stream import ZipStream


def test_what_was_drained_is_one_whole_file() -> None:
    file, sound = ZipStream(datetime(2026, 11, 22, 13, 3, 22, tzinfo=UTC)), os.urandom(100_000)
    file.begin("a.txt")
    file.add(b"a" * 100_000)
    pieces = [file.drain()]
    file.begin("sounds/b.wav", packed=False)
    for begin in range(0, len(sound), 10_000):
        file.add(sound[begin : begin + 10_000])
        pieces.append(file.drain())
    file.begin("empty.csv")
    pieces.append(file.close())
    # As much as was added, and a header at most.
    assert max(map(len, pieces)) < 11_000
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as read:
        assert read.testzip() is None
        assert [read.read(name) for name in read.namelist()] == [b"a" * 100_000, sound, b""]
        assert read.infolist()[0].date_time == (2026, 11, 22, 13, 3, 22)
    assert file.drain() == b""
