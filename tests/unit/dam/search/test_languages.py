"""The language of a text, by its letters and small words."""

import pytest

from dam.search import languages
from dam.search.normalising import tokens


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The bottle on the table", "en"),
        ("Die rote Flasche auf dem Tisch", "de"),
        ("La bouteille rouge sur la table", "fr"),
        ("Una botella roja en la mesa", "es"),
        ("Um gatto sul tavolo della cucina", "it"),
        ("Uma garrafa vermelha e as flores do jardim", "pt"),
        ("Een rode fles op de tafel van het huis", "nl"),
        ("Красная бутылка на столе", "ru"),
        ("زجاجة حمراء على الطاولة", "ar"),
        ("Ένα κόκκινο μπουκάλι", "el"),
        ("בקבוק אדום", "he"),
        ("लाल बोतल", "hi"),
        ("红色的瓶子", "zh"),
        ("赤い瓶がテーブルの上にある", "ja"),
        ("빨간 병", "ko"),
        ("ขวดสีแดง", "th"),
        ("ຂວດສີແດງ", "lo"),
        ("ដបក្រហម", "km"),
        ("ပုလင်းနီ", "my"),
        ("Can", ""),
        ("IMG_2034.mp4", ""),
        ("2024", ""),
        ("", ""),
    ],
)
def test_a_language_is_told_by_letters_and_small_words(text: str, language: str) -> None:
    assert languages.guess(tokens(text)) == language


@pytest.mark.parametrize(
    "typed",
    [
        "can opener",
        "will smith",
        "red van",
        "van in desert",
        "pour milk",
        "die hard",
        "father son",
        "no smoking",
        "lion den",
        "golf par",
        "con man",
        "os update",
        "Vitamin A",
        "LA skyline",
        "die in hollywood",
    ],
)
def test_words_that_may_be_names_are_never_passed_over(typed: str) -> None:
    said = tokens(typed)
    assert [word.plain for word in said if languages.may_be_missing(word, among=said)] in ([], ["in"])


@pytest.mark.parametrize(
    ("typed", "small"),
    [
        ("the bottle on a table", ["the", "on", "a"]),
        ("a red car", ["a"]),
        ("the will", ["the"]),
        ("die rote Flasche", ["die"]),
        ("Flasche auf dem Tisch", ["auf", "dem"]),
        ("la bouteille", ["la"]),
        ("бутылка на столе", ["на"]),
        ("the", []),
    ],
)
def test_small_words_are_passed_over_where_the_others_tell_their_language(
    typed: str, small: list[str]
) -> None:
    said = tokens(typed)
    assert [word.plain for word in said if languages.may_be_missing(word, among=said)] == small


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "bottles", "bottle"),
        ("de", "häuser", "haus"),
        ("fr", "bouteilles", "bouteille"),
        ("es", "botellas", "botella"),
        ("ru", "бутылками", "бутылка"),
    ],
)
def test_forms_of_a_word_share_their_stem(language: str, one: str, other: str) -> None:
    assert languages.stem(one, language=language) == languages.stem(other, language=language)


def test_a_language_without_a_stemmer_keeps_its_words() -> None:
    assert languages.stem("瓶子", language="zh") == "瓶子"
