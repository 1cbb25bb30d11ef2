"""api/admin/pause_reasons.py: each tenant's own reasons, in their order."""

from integration.api.admin.conftest import Office

PATH = "/api/admin/pause-reasons"


async def test_reasons_are_offered_in_the_order_given(office: Office) -> None:
    usual = (await office.north.get(PATH)).json()
    assert usual == {"reasons": ["Break", "Lunch", "Training", "Meeting"]}
    wanted = {"reasons": ["Tea", "Pause café"]}
    assert (await office.north.put(PATH, json=wanted)).json() == wanted
    assert (await office.north.put(PATH, json={"reasons": []})).json() == {"reasons": []}
    assert ((await office.north.get(PATH)).json(), (await office.south.get(PATH)).json()) == ({"reasons": []}, usual)
    assert (await office.operator.get(f"{PATH}?tenant=north")).json() == {"reasons": []}
    assert [row[2:4] for row in office.audit()] == [("pause_reasons.change", "north")] * 2


async def test_a_reason_is_a_text_of_its_own(office: Office) -> None:
    for reasons in (["a|b"], [""], [" a"], ["a\nb"], ["x" * 81], ["Tea", "Tea"], [f"{number}" for number in range(31)]):
        assert (await office.north.put(PATH, json={"reasons": reasons})).status_code == 400
