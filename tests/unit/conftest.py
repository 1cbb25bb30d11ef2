"""Property tests have no time limit for one example: a busy machine is not a mistake."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
