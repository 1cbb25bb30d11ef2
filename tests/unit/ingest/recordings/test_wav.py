"""ingest/recordings/wav.py: what a file is, and a header that is true after a kill."""

import io
import wave

import pytest
from made_recordings import wav

from ingest.recordings.wav import OTHER, WAV, Sound, read_sound

SAMPLES = bytes(range(256)) * 50


def mended(data: bytes) -> bytes:
    sound = read_sound(data[:4096], len(data))
    return sound.header + data[len(sound.header) :]


def test_a_closed_file_stays_as_it_is() -> None:
    data = wav(SAMPLES)
    assert read_sound(data, len(data)) == Sound(data[:44], 12_800, 0.8, WAV)
    assert mended(data) == data


@pytest.mark.parametrize("torn", [0, 1])
def test_a_file_that_was_not_closed_gets_its_lengths(torn: int) -> None:
    data = wav(SAMPLES, closed=False) + b"\1" * torn
    assert read_sound(data[:4096], len(data)).length == 12_800
    with wave.open(io.BytesIO(mended(data))) as it:
        assert (it.getnframes(), it.getframerate(), it.readframes(10_000)) == (6400, 8000, SAMPLES)


def test_the_byte_that_pads_an_odd_length_is_no_sound() -> None:
    data = wav(b"\1\2\3")
    assert read_sound(data + b"\0", len(data) + 1).length == 3


def test_a_chunk_before_the_sound_is_passed_over() -> None:
    data = wav(SAMPLES)
    longer = data[:12] + b"LIST\3\0\0\0abc\0" + data[12:]
    assert read_sound(longer, len(longer)).seconds == 0.8


@pytest.mark.parametrize("cut", [0, 3, 12, 30, 43, 44])
def test_a_header_alone_is_no_sound(cut: int) -> None:
    assert read_sound(wav(b"")[:cut], cut).length == (cut if 0 < cut < 12 else 0)


def test_what_is_no_wav_is_kept_as_it_is() -> None:
    assert read_sound(b"\x02gsm" * 100, 400) == Sound(b"", 400, None, OTHER)
