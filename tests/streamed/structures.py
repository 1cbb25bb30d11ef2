"""Any value of our structs, for property tests: strategies made from the types of their fields."""

import types
import typing
from enum import Enum
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st

# What both MessagePack and PostgreSQL hold.
INTEGERS = st.integers(-(2**63), 2**63 - 1)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    int: INTEGERS,
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(max_size=5),
    bytes: st.binary(max_size=5),
    bool: st.booleans(),
    type(None): st.none(),
    # A field of CEL that only some records have.
    Any: st.one_of(INTEGERS, st.text(max_size=5)),
}


@cache
def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """A strategy for a struct, or for what stands as a type at a struct's field."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in SIMPLE:
        return SIMPLE[kind]
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values_of(argument) for argument in arguments])
    if origin is dict:
        return st.dictionaries(values_of(arguments[0]), values_of(arguments[1]), max_size=2)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*[values_of(argument) for argument in arguments])
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    if issubclass(kind, tuple):  # a named one
        return st.builds(kind, **{name: values_of(hint) for name, hint in typing.get_type_hints(kind).items()})
    # Not before it is asked for: a struct may hold another one of its own kind.
    return st.deferred(lambda: st.builds(kind, **{it.name: values_of(it.type) for it in msgspec.structs.fields(kind)}))
