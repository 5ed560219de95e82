"""What nobody sees must not change what everybody reads."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.core import foreign_text


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\u2066Open\u2069AI\u200f", "OpenAI"),
        ("Open\u200bA\u2060I\ufeff", "OpenAI"),
        ("Open\u180eAI", "OpenAI"),
        ("Open\u200dA\u200cI", "OpenAI"),  # joiners where no script needs them
        ("a\x00b\x1b[31mc\x9b", "ab[31mc"),
        ("Acme\u3164\u2800\u034f", "Acme"),
        ("soft\u00adhyphen", "softhyphen"),
        ("name\U000e0041\U000e0042", "name"),
        ("x\ufe00\ufe01\ufe02", "x\ufe00"),
        ("two\nlines\ttab", "two\nlines\ttab"),
        ("half\ud800pair", "half?pair"),
    ],
)
def test_what_is_hidden_goes(given_text: str, shown: str) -> None:
    assert foreign_text.neutral(given_text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Zoë Müller",
        "夏のボトル",
        "می\u200cخواهم",  # Persian
        "क\u094d\u200dष",  # a half form of Devanagari
        "ه\u200d.ش",  # Persian: of the Hijri calendar
        "ᠠᠭᠤᠯ\u180eᠠ",  # Mongolian: a vowel that stands apart
        "𞤀\u200d𞤁",  # Adlam
        "👩\u200d👩\u200d👧 family",
        "❤\ufe0f\u200d🔥",
        "👩🏽\u200d🚀",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "שלום",
    ],
)
def test_what_a_script_or_an_emoji_needs_stays(text: str) -> None:
    assert foreign_text.line(text) == text


def test_a_line_has_one_line_and_an_end() -> None:
    assert foreign_text.line("Acme\r\n  Signed by\u2028nobody") == "Acme Signed by nobody"
    assert foreign_text.line("x" * 500) == "x" * 199 + "…"


def test_what_went_may_leave_a_mark() -> None:
    assert foreign_text.line("Open\u202eAI", mark="\ufffd") == "Open\ufffdAI"


@given(st.text(max_size=200))
def test_nothing_hidden_is_left_and_twice_is_as_once(text: str) -> None:
    once = foreign_text.line(text)
    assert foreign_text.line(once) == once
    assert not {unicodedata.category(letter) for letter in once} & {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not set(once) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
