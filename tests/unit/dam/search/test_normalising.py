"""Text taken apart for search, in every script."""

import pytest

from dam.search import normalising
from dam.search.normalising import tokens
from dam.search.writing import Script


def forms(text: str) -> list[str]:
    return [token.form for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("CAFÉ", "cafe"),
        ("cafe\u0301", "cafe"),  # NFD
        ("ｃａｆｅ", "cafe"),  # full width
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("smørrebrød", "smorrebrod"),
        ("Łódź", "lodz"),
        ("Œuvre", "oeuvre"),
        ("İstanbul", "istanbul"),
        ("ﬁsh", "fish"),
        ("①", "1"),
        ("٢٠٢٤", "2024"),  # Arabic digits
        ("Ёлка", "елка"),
        ("мой", "мой"),  # й is a letter, no accent
        ("Άνοιξη", "ανοιξη"),
        ("ΣΟΦΟΣ", "σοφοσ"),
        ("كِتَابٌ", "كتاب"),  # without vowel signs
        ("أحمد", "احمد"),
        ("مدرسة", "مدرسه"),
        ("کتاب", "كتاب"),  # Persian's kaf
        ("שָׁלוֹם", "שלומ"),
        ("हिन्दी", "हिन्दी"),  # its marks are vowels
        ("แก้ว", "แก้ว"),
        ("バナナ", "バナナ"),
        ("ﾊﾞﾅﾅ", "バナナ"),  # half width
        ("か\u3099", "が"),
        ("병", "병"),
        ("\u1107\u1167\u11bc", "병"),  # NFD of Hangul
        ("zero\u200bwidth", "zerowidth"),
        ("so\u00adft", "soft"),
        ("\u202edrow\u202c", "drow"),
        ("a" * 100, "a" * 64),
    ],
)
def test_letters_that_are_read_alike_are_alike(text: str, form: str) -> None:
    assert forms(text) == [form]


@pytest.mark.parametrize(
    ("text", "spelt"), [("Müller", "mueller"), ("Ørsted", "oersted"), ("Ålborg", "aalborg")]
)
def test_a_word_is_also_spelt_out(text: str, spelt: str) -> None:
    (token,) = tokens(text)
    assert spelt in token.forms


def test_words_that_are_joined_by_a_sign_know_it() -> None:
    assert [(token.form, token.joined) for token in tokens("IMG_2034-final.mp4 red")] == [
        ("img", False), ("2034", True), ("final", True), ("mp4", True), ("red", False),
    ]  # fmt: skip


def test_scripts_part_where_one_needs_no_spaces() -> None:
    assert [(token.form, token.script, token.is_run) for token in tokens("红色bottle在桌上 สีแดง")] == [
        ("红色", Script.HAN, True),
        ("bottle", Script.LATIN, False),
        ("在桌上", Script.HAN, True),
        ("สีแดง", Script.THAI, True),
    ]


def test_a_letter_of_a_run_keeps_its_marks() -> None:
    (run,) = tokens("ที่นี่")
    assert [letter.form for letter in run.letters] == ["ที่", "นี่"]


@pytest.mark.parametrize("text", ["Der Café-Gast", "x 红色 ﬁsh", "e\u0301\u0302 ok", "\u200dab\u200d c"])
def test_a_token_knows_where_it_stands(text: str) -> None:
    for token in tokens(text):
        assert tokens(text[token.start : token.end])[0].form == token.form


@pytest.mark.parametrize(
    "text", ["", " ", "\ud800", "🔥👩‍👩‍👧", "\u200b", "\u202e", "!?…", "\0", "\u0301", "-", "\ufe0f\u20e3"]
)
def test_what_is_no_word_is_none(text: str) -> None:
    assert "".join(forms(text)).strip("\u0301\u20e3") == ""


def test_heaped_up_marks_are_bounded() -> None:
    assert len(forms("ก" + "\u0e49" * 500)[0]) <= 8


def test_a_name_is_folded_as_a_whole() -> None:
    assert normalising.fold("Crème  Brûlée!") == "creme brulee"
