"""Tags of languages, as people type them and as players want them."""

import pytest

from dam.captions import languages


@pytest.mark.parametrize(
    ("typed", "tag"),
    [("EN", "en"), (" pt_br ", "pt-BR"), ("ZH-hans-cn", "zh-Hans-CN"), ("es-419", "es-419"), ("gsw", "gsw")],
)
def test_a_tag_is_written_as_bcp_47_does(typed: str, tag: str) -> None:
    assert languages.tag(typed) == tag


@pytest.mark.parametrize(
    "typed", ["", "e", "English", "en-", "de/../x", "x" * 40, "pt-B", "es-٤١٩", "de-१९९६", "de-１901", "ｅｎ"]
)
def test_what_is_no_tag_is_refused(typed: str) -> None:
    with pytest.raises(languages.NoLanguage):
        languages.tag(typed)


def test_a_language_is_called_as_its_speakers_do() -> None:
    names = [languages.name(each) for each in ("de", "fr", "pt-BR", "de-CH", "gsw")]
    assert names == ["Deutsch", "Français", "Português Brasileiro", "Deutsch (de-CH)", "gsw"]


def test_chinese_has_a_name_without_a_script_and_one_by_its_place() -> None:
    names = [languages.name(each) for each in ("zh", "zh-Hant", "zh-TW", "zh-CN", "zh-Hant-TW")]
    assert names == ["中文", "繁體中文", "繁體中文 (zh-TW)", "简体中文 (zh-CN)", "中文 (zh-Hant-TW)"]


def test_films_say_it_in_three_letters() -> None:
    assert [languages.iso_639_2(each) for each in ("de-CH", "gsw", "xx")] == ["deu", "gsw", "und"]
