"""api/passwords.py: right, wrong and nobody's."""

from typing import ClassVar, Literal

from api_parts import HASH, HASHER, PASSWORD
from argon2 import PasswordHasher, extract_parameters

from api.passwords import Passwords

PASSWORDS = Passwords(HASHER)


async def test_a_password_matches_its_own_hash_only() -> None:
    assert await PASSWORDS.matches(PASSWORD, HASH)
    assert not await PASSWORDS.matches(PASSWORD + " ", HASH)
    assert await PASSWORDS.matches(PASSWORD, await PASSWORDS.hash(PASSWORD))


async def test_nobody_has_a_password() -> None:
    # Not even the one that nobody's hash was made of.
    assert not await PASSWORDS.matches("nobody", None)


async def test_an_unknown_user_costs_as_much_as_a_wrong_password() -> None:
    class Counting(PasswordHasher):
        work: ClassVar[list[tuple[int, int]]] = []

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            parameters = extract_parameters(str(hash))
            self.work.append((parameters.memory_cost, parameters.time_cost))
            return super().verify(hash, password)

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    await passwords.matches("wrong", HASH)
    await passwords.matches("wrong", None)
    assert Counting.work == [(8, 1), (8, 1)]


async def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not await PASSWORDS.matches(PASSWORD, "plain text")


def test_the_hash_is_argon2id_at_the_strength_of_rfc_9106() -> None:
    assert Passwords()._hasher.hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
