"""api/sign_ins.py: refresh tokens are random, kept as hashes, and good once."""

from api_parts import FakeSignIns, user

from api.sign_ins import SIGN_IN_S, SignIns, fresh_token, hash_of


async def test_a_sign_in_goes_on_by_one_token_after_the_other() -> None:
    store = FakeSignIns()
    sign_ins = SignIns(store, lambda _: None, clock=lambda: 1_000.0)
    begun = await sign_ins.begin(user(), "a browser")
    assert begun.principal.expires == 1_000 + SIGN_IN_S
    assert set(store.kept) == {hash_of(begun.refresh)}
    on = await sign_ins.go_on(begun.refresh)
    assert on is not None
    assert (on.principal, on.refresh != begun.refresh) == (begun.principal, True)
    assert await sign_ins.go_on(begun.refresh) is None


async def test_who_ends_one_is_told_at_once() -> None:
    store, ended = FakeSignIns(), list[str]()
    sign_ins = SignIns(store, ended.append)
    begun = await sign_ins.begin(user(), "")
    await sign_ins.end(begun.principal)
    assert store.ended == ended == [begun.principal.session]


def test_a_token_has_256_bits_and_no_two_are_the_same() -> None:
    tokens = {fresh_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}
    assert len(hash_of("\ud800")) == 32
