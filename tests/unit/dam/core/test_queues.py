"""When the messages that wait in a queue were sent."""

import json

import pytest

from dam.core import queues


def test_a_message_says_when_it_was_sent() -> None:
    assert queues.sent_at(json.dumps({"headers": {"sent_at": 12.5}, "body": ""}).encode()) == 12.5


@pytest.mark.parametrize(
    "message", [None, b"", b"no json", b"[]", b'{"headers": {}}', b'{"headers": {"sent_at": "x"}}']
)
def test_one_that_does_not_say_counts_without_a_time(message: bytes | None) -> None:
    assert queues.sent_at(message) is None
