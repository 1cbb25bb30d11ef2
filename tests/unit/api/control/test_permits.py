"""api/control/permits.py: without rules every number goes, and nothing else does."""

import pytest
from api_parts import principal

from api.control.permits import AnyNumber, Permit
from api.errors import BadRequest


async def test_any_number_goes_as_it_is() -> None:
    policy = AnyNumber()
    permit = await policy.permit(principal(), "+4930123456", "dial")
    assert permit == Permit("+4930123456", "+4930123456")
    await policy.bind(principal(), permit, "pbx:1")
    await policy.give_back(principal(), permit)


@pytest.mark.parametrize("number", ["", "1&2", "PJSIP/1", "1\n", "1" * 21])
async def test_what_is_no_number_goes_nowhere(number: str) -> None:
    with pytest.raises(BadRequest):
        await AnyNumber().permit(principal(), number, "transfer")
