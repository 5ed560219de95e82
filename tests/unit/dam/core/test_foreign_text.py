"""What nobody sees must not change what everybody reads."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.core import code_points, foreign_text


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
        ("Acme\ue000\U000f0000", "Acme"),  # private: nobody knows what is seen
        ("Acme\uffff\ufdd0\U0010fffe", "Acme"),  # never to be characters
        ("Acme\u2065\ufff0\U000e0002\U000e0080\U000e0fff", "Acme"),  # never to be shown
        ("Acme\u180b\u180f", "Acme"),  # Mongolian's alone
        ("Acme\U00013430", "Acme"),  # between hieroglyphs alone
        ("ക\u0d4d\u200d\u200d", "ക\u0d4d\u200d"),
        ("\u0628\u094d\u200d", "\u0628\u094d"),  # a virama of another script
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
        "\U0001fa77 \U0001fae8 \U0001fae9",  # Unicode 15 and 16: pink heart, shaking face, bags under eyes
        "\U0001fae9\U0001f3fd\u200d\U0001fa77",
        "🙂\u200d↔\ufe0f",  # a head that shakes: the arrow is a sign of mathematics
        "⛓\ufe0f\u200d💥",
        "അവന\u0d4d\u200d",  # Malayalam: a chillu as it was spelt before it had a letter of its own
        "ত\u09cd\u200d।",  # Bengali: khanda ta
        "র\u200d\u09cdয",
        "ꦏ\ua9c0\u200dꦰ",  # Javanese
        "\U00011315\U0001134d\u200d\U00011337",  # Grantha
        "\U0001140e\U00011442\u200d\U0001140f",  # Newa
        "\U00011013\U00011046\u200d\U0001103c",  # Brahmi
        "\U00011f04\U00011f42\u200d\U00011f05",  # Kawi, of Unicode 15
        "\U00010f70\u200d\U00010f71",  # Old Uyghur
        "\u06dd\u0661 \u0600\u0662 \u0605\u0663 \u070f\u0710 \u0890\u0661 \u08e2\u0661",
        "\U000110bd\U00011066 \U000110cd\U00011067",  # Kaithi's signs of numbers
        "\U00013000\U00013430\U00013001\U00013437\U00013438\U00013000",  # hieroglyphs beside one another
        "\U00016105 \U0001e5d0",  # scripts of Unicode 16
        "ᠠ\u180bᠪ",
        "ه\u200d سال",
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
    assert not {unicodedata.category(letter) for letter in once} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert not any(code_points.is_no_character(letter) for letter in once)
    assert not set(once) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


@given(st.integers(0, 0x10FFFF).map(chr), st.integers(0, 0x10FFFF).map(chr))
def test_nothing_that_turns_the_direction_or_shows_nothing_stays_anywhere(before: str, after: str) -> None:
    for (
        hidden
    ) in "\u061c\u200b\u200e\u200f\u202a\u202e\u2060\u2064\u2066\u2069\ufeff\ufff9\U0001d173\U000e0001":
        assert hidden not in foreign_text.neutral(before + hidden + after).removeprefix(
            before if before == hidden else ""
        )


def test_a_cut_leaves_a_chillu_whole_and_no_joiner_hanging() -> None:
    chillu = "അവന\u0d4d\u200d"
    assert foreign_text.cut(f"{chillu} രാമൻ", 6) == chillu + "…"
    assert foreign_text.cut("م\u200cخواهم", 3, mark="") == "م\u200cخ"
    assert foreign_text.cut("👩\u200d👩\u200d👧", 4, mark="") in ("", "👩\u200d👩")


def test_a_heap_of_marks_takes_no_time() -> None:
    assert foreign_text.neutral("\U00013430" * 200_000) == ""
