"""What lines of a log say of the request or the task that wrote them."""

import json
import logging

import pytest

from dam.core import log_context
from dam.core.log_lines import Json


def entry(message: str, **fields: object) -> logging.LogRecord:
    record = logging.LogRecord("dam.media", logging.WARNING, __file__, 1, message, (), None)
    log_context.AddFacts().filter(record)
    if fields:
        record.fields = fields
    return record


def test_a_line_tells_what_it_is_about_and_nothing_after_that() -> None:
    with log_context.about(request_id="abcdefgh", user=7):
        with log_context.about(task="sign.release", brand=None):
            record = entry("FFmpeg stopped")
        assert log_context.now() == {"request_id": "abcdefgh", "user": "7"}
    told = json.loads(Json().format(record))
    assert (told["request_id"], told["user"], told["task"]) == ("abcdefgh", "7", "sign.release")
    assert "brand" not in told
    assert log_context.now() == {}


def test_a_json_entry_is_one_line_whatever_it_quotes() -> None:
    text = Json().format(entry('a "b"\nc\x1b[2J\u2028', status=200))
    assert len(text.splitlines()) == 1
    assert text.isascii()
    told = json.loads(text)
    assert (told["message"], told["status"], told["level"]) == ('a "b"\nc\x1b[2J\u2028', 200, "WARNING")


def test_a_mailed_key_stays_out_of_json_too() -> None:
    assert "abcdef" not in Json().format(entry("to /accounts/password/reset/key/1-d4v8xk-abcdef/"))


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "a b c d e f g h", "id\nforged: 1", "<script>1234567"]
)
def test_an_id_that_is_none_is_replaced(given: str) -> None:
    assert log_context.given_or_new(given) != given


@pytest.mark.parametrize("given", ["0123abcd", "4bf92f3577b34da6a3ce929d0e0e4736", "web-1:2026.11.27_1"])
def test_an_id_of_a_proxy_is_kept(given: str) -> None:
    assert log_context.given_or_new(given) == given


def test_names_and_addresses_of_people_have_no_place() -> None:
    with pytest.raises(ValueError, match="email"), log_context.about(email="ada@example.com"):
        pass
