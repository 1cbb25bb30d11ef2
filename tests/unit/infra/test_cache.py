"""The cache is the user's, where the user wants it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.cache import cache_folder


@pytest.fixture
def cache_home() -> Iterator[None]:
    before = os.environ.get("XDG_CACHE_HOME")
    yield
    os.environ.pop("XDG_CACHE_HOME", None)
    if before is not None:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.mark.usefixtures("cache_home")
def test_the_users_choice_is_followed() -> None:
    os.environ["XDG_CACHE_HOME"] = "/somewhere"
    assert cache_folder() == Path("/somewhere/trunkline")


@pytest.mark.usefixtures("cache_home")
@pytest.mark.parametrize("useless", ["", "relative/path"])
def test_a_useless_choice_means_the_home_folder(useless: str) -> None:
    os.environ["XDG_CACHE_HOME"] = useless
    assert cache_folder() == Path.home() / ".cache/trunkline"
