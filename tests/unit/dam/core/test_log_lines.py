"""What a log makes of text from outside."""

import logging
import logging.config
from typing import Any, cast

import pytest
from django.conf import settings
from django.urls import reverse

from dam.accounts import keys
from dam.accounts.keys import KeyKind
from dam.core.log_lines import Json, Lines

CONFIGURED: dict[str, Any] = cast(Any, settings.LOGGING)["formatters"]["line"]
FORGED = "x\n2026-01-01 00:00:00,000 CRITICAL dam.audit: all is well"


def entry(said: str, *, problem: BaseException | None = None) -> str:
    info = (type(problem), problem, None) if problem else None
    record = logging.LogRecord("dam.media", logging.WARNING, __file__, 1, "FFmpeg stopped: %s", (said,), info)
    return Lines(CONFIGURED["format"]).format(record)


def test_text_from_a_file_begins_no_entry() -> None:
    first, *further = entry(FORGED).split("\n")
    assert " WARNING dam.media: FFmpeg stopped: x" in first
    assert further == ["  2026-01-01 00:00:00,000 CRITICAL dam.audit: all is well"]


def test_nor_does_the_text_of_an_error() -> None:
    assert "\n2026" not in entry("", problem=ValueError(FORGED))


@pytest.mark.parametrize("letter", ["\x1b", "\r", "\x0b", "\x85", "\u2028", "\u202e", "\x00", "\ud800"])
def test_nothing_steers_the_terminal(letter: str) -> None:
    shown = entry(f"a{letter}[2Jb")
    assert shown.isprintable()
    assert len(shown.splitlines()) == 1


def test_a_mailed_link_that_is_refused_leaves_no_key() -> None:
    address = reverse("account_reset_password_from_key", args=["1", "d4v8xk-0123456789abcdef"])
    shown = entry(f"Answered 429 to GET {address}, asked by someone")
    assert shown.endswith("Answered 429 to GET /accounts/password/reset/key/1-…/, asked by someone")


@pytest.mark.parametrize("kind", list(KeyKind))
def test_no_secret_that_lets_somebody_in_is_in_a_line(kind: KeyKind) -> None:
    """As in a link to join that was asked for by the wrong method, or an error that quotes a header."""
    key = keys.new(kind)
    for formatter in (Lines(CONFIGURED["format"]), Json()):
        record = logging.LogRecord("dam", logging.WARNING, __file__, 1, "At /join/%s/", (key.secret,), None)
        shown = formatter.format(record)
        assert key.secret[12:] not in shown
        assert key.prefix in shown


@pytest.mark.parametrize(
    ("name", "key"),
    [("account_confirm_email", "MTY:1tFq9n:Jf3x-_abc"), ("mail-unsubscribe", "WzEsIngiXQ:1tFq9n:Jf3x")],
)
def test_no_key_of_a_mailed_address_is_in_a_line(name: str, key: str) -> None:
    assert key not in entry(f"Answered 410 to GET {reverse(name, args=[key])}, asked by someone")


def test_words_of_every_language_stay() -> None:
    assert entry("Größe 尺寸 😀").endswith("Größe 尺寸 😀")


def test_every_process_logs_like_that() -> None:
    assert type(logging.config.DictConfigurator({}).configure_formatter(dict(CONFIGURED))) is Lines
