"""Property tests have no time limit for one example: a busy machine is not a mistake."""

from hypothesis import settings

settings.register_profile("properties", deadline=None)
settings.load_profile("properties")
