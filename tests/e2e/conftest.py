"""What end-to-end tests share."""

import pytest
from integration.asterisk_fixture import asterisk, running_asterisk

__all__ = ["asterisk", "running_asterisk"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of pytest that only these tests know."""
    parser.addoption("--year", action="store_true", help="lead through the pages over a year of calls, not two weeks")
