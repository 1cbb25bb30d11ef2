"""Property tests have no time limit for one example: a busy machine is not a mistake.

Forty examples each keep all unit tests together within 20 s; tests/properties look longer.
"""

from hypothesis import settings

settings.register_profile("untimed", deadline=None, max_examples=40)
settings.load_profile("untimed")
