"""What is wrong comes first, what to do about it second."""

import pytest

from infra import errors
from infra.errors import InfraError


def test_the_text_says_what_is_wrong_and_what_to_do() -> None:
    error = InfraError("The disk is full.", "Make room.")
    assert str(error) == "The disk is full.\n  → Make room."
    assert (error.problem, error.advice) == ("The disk is full.", "Make room.")


@pytest.mark.parametrize("kind", ["FetchError", "InUseError", "StartError", "MigrationError", "SettingError"])
def test_every_kind_is_in_the_tree_and_in_the_drawing_of_it(kind: str) -> None:
    assert issubclass(getattr(errors, kind), InfraError)
    assert kind in (errors.__doc__ or "")
