"""What the cache holds, and what is made of it when somebody else wrote it."""

import pickle
from typing import Any

import pytest
from django.core.cache import caches

from dam.core import wire

pytestmark = pytest.mark.usefixtures("servers")
both = pytest.mark.parametrize("alias", ["default", "shared"])
ran: list[str] = []


class Trap:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return ran.append, ("code of a stranger",)


@both
def test_code_that_somebody_left_in_the_cache_is_not_run(alias: str) -> None:
    trap = pickle.dumps(Trap())
    key = caches["shared"].make_key("trap")
    wire.ask(lambda server: server.set(key, trap))
    with pytest.raises(ValueError, match=r"decode|Expecting"):
        caches[alias].get("trap")
    assert ran == []


@both
@pytest.mark.parametrize(
    "value", [7, -7, True, 1.5, "7", "Ümläut", b"\xff\xd8jpeg", b"7", None, [1.0, "a"], {"a": [1]}]
)
def test_plain_values_come_back_as_they_were(alias: str, value: Any) -> None:
    caches[alias].set("kept", value)
    back = caches[alias].get("kept", "missing")
    assert back == value
    assert type(back) is type(value)


@both
def test_nothing_else_goes_in(alias: str) -> None:
    with pytest.raises(TypeError):
        caches[alias].set("trap", Trap())


@both
def test_what_is_kept_can_be_counted(alias: str) -> None:
    caches[alias].set("count", 1)
    assert caches[alias].incr("count") == 2
    assert caches[alias].get("count") == 2
