"""What integration tests share; and a property has no time limit for one example: a busy machine is not a mistake."""

from hypothesis import settings
from integration.asterisk_fixture import asterisk, running_asterisk

__all__ = ["asterisk", "running_asterisk"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
