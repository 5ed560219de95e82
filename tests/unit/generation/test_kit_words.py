"""What a brand's kit adds to prompts, and its colours and shapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation import briefs, kit_words
from generation.briefs import BriefRefused
from generation.kit_words import KitRefused, KitWords
from tests.integration.generation.models import FakeGenerator

KIT = KitWords(prefix="Product shot of", suffix=", warm light", negative="text", revision=3)
CAN = FakeGenerator.capabilities


def test_a_suffix_that_begins_with_a_mark_follows_at_once() -> None:
    assert KIT.around("a red ball") == "Product shot of a red ball, warm light"


def test_other_words_are_set_apart() -> None:
    assert KitWords(suffix="in warm light").around("a red ball") == "a red ball in warm light"


@given(st.text(), st.text(), st.text())
def test_the_parts_together_are_the_whole(prefix: str, typed: str, suffix: str) -> None:
    words = KitWords(prefix=prefix, suffix=suffix)
    assert "".join(words.parts(typed)) == words.around(typed)
    assert words.length == len(words.around(typed)) - len(typed)


def test_a_brief_has_the_whole_prompt_what_was_typed_and_what_is_not_to_be_shown() -> None:
    brief = briefs.check(CAN, prompt="  a red\n ball ", kit=KIT)
    assert brief.prompt == "Product shot of a red ball, warm light"
    assert (brief.typed, brief.negative, brief.kit) == ("a red ball", "text", KIT)


def test_a_kit_without_words_is_none() -> None:
    brief = briefs.check(CAN, prompt="a red ball", kit=KitWords(revision=4))
    assert (brief.prompt, brief.typed, brief.kit) == ("a red ball", "", None)


def test_the_kit_alone_is_no_prompt() -> None:
    with pytest.raises(BriefRefused, match="Describe what the clip should show"):
        briefs.check(CAN, prompt=" ", kit=KIT)


def test_a_prompt_that_is_too_long_with_the_kit_is_told_how_much_of_it_is_the_kits() -> None:
    with pytest.raises(BriefRefused, match="With the 28 that the brand kit adds, this one has 1,008") as said:
        briefs.check(CAN, prompt="x" * 980, kit=KIT)
    assert said.value.field == "prompt"
    assert briefs.check(CAN, prompt="x" * 972, kit=KIT).prompt.endswith("x, warm light")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Sunrise #FF7A00", "Sunrise #ff7a00"),
        ("  Sunrise   orange ff7a00 ", "Sunrise orange #ff7a00"),
        ("Ink #123", "Ink #112233"),
        ("Rot 2 #aa0000", "Rot 2 #aa0000"),
    ],
)
def test_colours_are_read_from_lines(written: str, meant: str) -> None:
    assert [str(each) for each in kit_words.colours(["", written])] == [meant]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["#ff7a00"], "isn't a name and a colour"),
        (["Sunrise"], "isn't a name and a colour"),
        (["Sunrise #ff7a0"], "isn't a name and a colour"),
        (['x" onload="alert(1)" #ff7a0g'], "isn't a name and a colour"),
        (["Ink #111", "INK #222"], "is there twice"),
        (["x" * 41 + " #111"], "Names can have 40 characters"),
        (["In\u202ek #111"], "invisible character"),
        ([f"Colour {n} #111" for n in range(25)], "24 colours"),
        (["١٢ #١٢٣"], "isn't a name and a colour"),
    ],
)
def test_a_palette_that_cannot_be_kept_is_refused(lines: list[str], words: str) -> None:
    with pytest.raises(KitRefused, match=words) as refused:
        kit_words.colours(lines)
    assert refused.value.field == "palette"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Reels 9:16", "Reels 9:16"),
        ("Banner 970x250", "Banner 970 × 250"),
        ("Post × 2 1080 × 1350", "Post × 2 1080 × 1350"),
    ],
)
def test_shapes_are_read_from_lines(written: str, meant: str) -> None:
    (read,) = kit_words.presets([written])
    assert str(read) == meant
    assert kit_words.presets([str(read)]) == (read,)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["9:16"], "isn't a name and a shape"),
        (["Reels"], "isn't a name and a shape"),
        (["Reels 0:16"], "isn't a name and a shape"),
        (["Reels 999999:999999"], "isn't a name and a shape"),
        (["Line 1:21"], "more than 20 times"),
        (["Reels 9:16", "Stories 1080x1920"], "“Reels” and “Stories” have the same shape"),
        (["Reels 9:16", "reels 1:1"], "is there twice"),
        ([f"Shape {n} {n}:13" for n in range(1, 27) if n % 13], "12 shapes"),
    ],
)
def test_shapes_that_cannot_be_kept_are_refused(lines: list[str], words: str) -> None:
    with pytest.raises(KitRefused, match=words) as refused:
        kit_words.presets(lines)
    assert refused.value.field == "presets"


def test_words_are_kept_in_one_line() -> None:
    assert kit_words.words(" warm\n light ", field="suffix", most=300) == "warm light"


@pytest.mark.parametrize(
    ("text", "words"), [("x" * 301, "at most 300 characters. This has 301"), ("a\u202eb", "U\\+202E")]
)
def test_words_that_cannot_be_added_are_refused(text: str, words: str) -> None:
    with pytest.raises(KitRefused, match=words) as refused:
        kit_words.words(text, field="prefix", most=300)
    assert refused.value.field == "prefix"
