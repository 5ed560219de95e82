"""Terms are found however they are written, and not in words that only hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.prompt_gate.spellings import Terms

NAMES = ("Nike", "Coca-Cola", "Mickey Mouse", "Boss", "3M", "ナイキ", "可口可乐", "Найк", "Beyoncé", "Disney")
VERBS = ("shoot", "kiss")
TERMS = Terms({**dict.fromkeys(NAMES, False), **dict.fromkeys(VERBS, True)}, of=("en", "de"))


@pytest.mark.parametrize(
    ("prompt", "term"),
    [
        ("a Nike shoe", "Nike"),
        ("NIKE", "Nike"),
        ("nike's shoe", "Nike"),
        ("two nikes", "Nike"),
        ("a shoe (Nike)!", "Nike"),
        ("#nike $nike nike!", "Nike"),
        ("N i k e shoes", "Nike"),
        ("N.i.k.e", "Nike"),
        ("n-i-k-e", "Nike"),
        ("n_i_k_e", "Nike"),
        ("Ni-ke", "Nike"),
        ("N1ke", "Nike"),
        ("N!k3", "Nike"),
        ("n!k€", "Nike"),
        ("N*ke", "Nike"),
        ("ni##", "Nike"),
        ("Niiiike", "Nike"),
        ("ni\u200bke", "Nike"),
        ("n\u00adike", "Nike"),
        ("ni\u3164ke", "Nike"),
        ("ｎｉｋｅ", "Nike"),
        ("𝓝𝓲𝓴𝓮", "Nike"),
        ("ⓃⒾⓀⒺ", "Nike"),
        ("nі\u043aе", "Nike"),  # Cyrillic і, к and е
        ("\u041dike N\u0406KE", "Nike"),  # Cyrillic І
        ("\u039dIKE", "Nike"),  # Greek Ν
        ("n\u0131ke", "Nike"),  # without its dot
        ("n\u0303íkë", "Nike"),
        ("coca cola", "Coca-Cola"),
        ("cocacola", "Coca-Cola"),
        ("C0ca-C0la", "Coca-Cola"),
        ("c o c a c o l a", "Coca-Cola"),
        ("\u0421\u043e\u0441\u0430 \u0421\u043e\u0406a", "Coca-Cola"),
        ("mickey mouse", "Mickey Mouse"),
        ("Mickey-Mouse", "Mickey Mouse"),
        ("MICKEYMOUSE", "Mickey Mouse"),
        ("mickey  m0use's hat", "Mickey Mouse"),
        ("bossss", "Boss"),
        ("a 3M tape", "3M"),
        ("新しいナイキの靴", "ナイキ"),
        ("ﾅｲｷ", "ナイキ"),
        ("一瓶可口可乐", "可口可乐"),
        ("кроссовки найк", "Найк"),
        ("beyonce on stage", "Beyoncé"),
        ("BEYONCÉ", "Beyoncé"),
        ("d1sn3y", "Disney"),
        ("somebody shooting", "shoot"),
        ("he shoots", "shoot"),
        ("SH00TING", "shoot"),
        ("they kissed", "kiss"),
        ("k1ssing", "kiss"),
    ],
)
def test_a_term_is_found(prompt: str, term: str) -> None:
    found = TERMS.within(prompt)
    assert term in [each.term for each in found], found


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "a red ball rolling over a table",
        "snikers",
        "a monike",
        "hunike",
        "a lot of joy",
        "an embossed coin",
        "the year 30 m",
        "in 2024 3 m away",
        "coca leaves, cola nuts",
        "a mouse called mickey",
        "shot of a shower",
        "sni keep",
        "ski me",
        "**** ###",
        "ナイ 気",
        "disnea",
    ],
)
def test_what_only_resembles_it_is_left_alone(prompt: str) -> None:
    assert TERMS.within(prompt) == []


def test_it_says_where_it_stands() -> None:
    prompt = "Ein N\u200bi-k\u0435, and ナイキ: Nike"
    found = {each.term: prompt[each.start : each.end] for each in TERMS.within(prompt)}
    assert found == {"Nike": "N\u200bi-k\u0435", "ナイキ": "ナイキ"}


def test_a_term_of_signs_alone_finds_nothing() -> None:
    assert Terms({"***": False, "—": True, "": False}).within("*** — nothing") == []


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for found in TERMS.within(text):
        assert 0 <= found.start < found.end <= len(text)


@given(st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=20))
def test_a_term_finds_itself(term: str) -> None:
    assert [each.term for each in Terms({term: False}).within(f"— {term} —")] == [term]
