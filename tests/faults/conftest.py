"""What fault tests share."""

from integration.asterisk_fixture import asterisk, running_asterisk

__all__ = ["asterisk", "running_asterisk"]
