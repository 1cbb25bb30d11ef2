"""api/contacts/callers.py: who calls is asked once, beside everything else."""

import asyncio
from collections.abc import Mapping, Sequence

from api_parts import contact
from msgspec import UNSET

from api.contacts.book import Contact
from api.contacts.callers import MAX_KEPT, CallerBook, Calling, NobodyKnown

ANA = Calling("default", "pbx:1", "+4930123456")


class FakeCallers:
    """Contacts by number, or a failure; hangs if told."""

    def __init__(self, *contacts: Contact) -> None:
        self.known = {each.number: each for each in contacts}
        self.asked: list[tuple[str, list[str]]] = []
        self.fails = self.hangs = False

    async def find(self, tenant: str, numbers: Sequence[str]) -> Mapping[str, Contact]:
        self.asked.append((tenant, list(numbers)))
        if self.hangs:
            await asyncio.sleep(60)
        if self.fails:
            raise OSError
        return {number: self.known[number] for number in numbers if number in self.known}


async def test_who_is_not_known_yet_is_looked_up_once() -> None:
    store, told = FakeCallers(contact()), []
    book = CallerBook(store, told.append)
    assert book.of(ANA) is UNSET and book.of(ANA) is UNSET
    await book.answer()
    assert book.of(ANA) == contact()
    assert told == [{ANA: contact()}]
    await book.answer()
    assert store.asked == [("default", ["+4930123456"])] and len(told) == 1


async def test_nobody_is_an_answer_too() -> None:
    store = FakeCallers()
    book = CallerBook(store, lambda _: None)
    book.of(ANA)
    await book.answer()
    assert book.of(ANA) is None
    await book.answer()
    assert len(store.asked) == 1


async def test_many_are_one_question_a_tenant() -> None:
    store = FakeCallers()
    book = CallerBook(store, lambda _: None)
    for number in ("1", "2"):
        for tenant in ("default", "other"):
            book.of(Calling(tenant, f"pbx:{number}", number))
    await book.answer()
    assert store.asked == [("default", ["1", "2"]), ("other", ["1", "2"])]


async def test_a_ring_waits_for_no_database() -> None:
    store, told = FakeCallers(contact()), []
    book = CallerBook(store, told.append, within_s=0.01)
    store.hangs = True
    book.of(ANA)
    await book.answer()
    assert (book.of(ANA), told) == (None, [{ANA: None}])
    store.hangs, store.fails = False, True
    other = ANA._replace(call_id="pbx:2")
    book.of(other)
    await book.answer()
    assert book.of(other) is None
    store.fails = False
    third = ANA._replace(call_id="pbx:3")
    book.of(third)
    await book.answer()
    assert book.of(third) == contact()


async def test_it_goes_on_by_itself() -> None:
    told: asyncio.Queue[object] = asyncio.Queue()
    book = CallerBook(FakeCallers(contact()), told.put_nowait)
    looking = asyncio.create_task(book.look())
    book.of(ANA)
    assert await told.get() == {ANA: contact()}
    looking.cancel()


async def test_it_does_not_grow_for_ever() -> None:
    book = CallerBook(FakeCallers(), lambda _: None)
    for number in range(MAX_KEPT + 1):
        book.of(Calling("default", str(number), "1"))
    await book.answer()
    left = [number for number in range(MAX_KEPT + 1) if book.of(Calling("default", str(number), "1")) is UNSET]
    assert len(left) == 1


def test_without_a_list_nobody_is_known() -> None:
    assert NobodyKnown().of(ANA) is None
