"""Property tests have no time limit for one example: a busy machine is not a mistake.

Forty examples each keep all unit tests together within 20 s; tests/properties look longer.
"""

import gc

from hypothesis import settings

settings.register_profile("untimed", deadline=None, max_examples=40)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it again and again for garbage is a tenth of the whole time."""
    gc.freeze()
