"""What languages are called: as people type them for `language:`, and as they are told of them."""

from functools import cache

from django.conf.locale import LANG_INFO

from dam.core import language
from dam.core.lazily import lazy
from dam.search.search_field import bare

# Those that a search document can be in (dam.search.languages), with their names in English.
_NAMES = {
    "ar": "Arabic",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hy": "Armenian",
    "it": "Italian",
    "ja": "Japanese",
    "km": "Khmer",
    "ko": "Korean",
    "lo": "Lao",
    "my": "Burmese",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "ta": "Tamil",
    "th": "Thai",
    "tr": "Turkish",
    "zh": "Chinese",
}


def code_of(typed: str) -> str | None:
    """The code of a language that is named in English, in itself or in a language of the product."""
    compared = bare(typed)
    return compared if compared in _NAMES else _codes().get(compared)


def name_of(code: str) -> str:
    """As the reader calls it; the code itself where it has no name here."""
    return str(lazy(_NAMES[code])) if code in _NAMES else code


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for code, name in _NAMES.items():
        own = str(LANG_INFO.get(code, {}).get("name_local", name))
        for each in (name, own, *language.in_every(lazy(name))):
            codes.setdefault(bare(each), code)
    return codes
