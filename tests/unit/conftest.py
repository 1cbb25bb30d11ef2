"""Property tests have no time limit for one example: a busy machine is not a mistake.

Twenty-five examples each keep all unit tests together within 20 s; tests/properties look longer.
"""

import gc

from hypothesis import settings

settings.register_profile("untimed", deadline=None, max_examples=25)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """What was imported stays, and tests make little: looking for garbage all the time is a tenth of the whole time."""
    gc.freeze()
    gc.set_threshold(100_000)
