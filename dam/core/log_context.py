"""What the lines of a log are about: the request or the task that writes them, its brand and its person.

Numbers and ids alone; nothing here says who somebody is. The id of a request goes along with the tasks that
it sends, so that one id finds the lines of both.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

NAMES = ("request_id", "task", "task_id", "brand", "user")
NO_FACTS: dict[str, str] = {}
# What a proxy or a client may call its request: nothing that a log or a header could be bent with.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")

_facts: ContextVar[dict[str, str]] = ContextVar("log_facts", default=NO_FACTS)


def new_id() -> str:
    return uuid.uuid4().hex


def given_or_new(given: str) -> str:
    """The id that came with a request where it is one, else one of ours."""
    return given if _ID.fullmatch(given) else new_id()


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Lines that are written inside are about this (NAMES), beside what those around it are about."""
    before = dict(_facts.get())
    token = _facts.set({**before, **_told(facts)})
    try:
        yield
    finally:
        _facts.reset(token)


def add(**facts: object) -> None:
    """The same for the rest of the `about` that this is inside."""
    _facts.set({**_facts.get(), **_told(facts)})


def now() -> dict[str, str]:
    return dict(_facts.get())


def request_id() -> str:
    """Of the request that is answered here, or that asked for this task; "" for neither."""
    return _facts.get().get("request_id", "")


class AddFacts(logging.Filter):
    """Gives each record `facts`, and `about`: them in short, for lines that people read."""

    def filter(self, record: logging.LogRecord) -> bool:
        facts = now()
        record.facts = facts
        record.about = f" [{' '.join(f'{name}={value}' for name, value in facts.items())}]" if facts else ""
        return True


def _told(facts: dict[str, object]) -> dict[str, str]:
    wrong = facts.keys() - set(NAMES)
    if wrong:
        raise ValueError(f"A log tells of {', '.join(NAMES)} alone, not of {', '.join(sorted(wrong))}.")
    return {name: str(value) for name, value in facts.items() if value not in (None, "")}
