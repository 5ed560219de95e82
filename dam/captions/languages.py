"""Languages of captions, as BCP 47 has them: their tags, and what people call them. Pure."""

import re
from collections.abc import Iterable

from django.conf.locale import LANG_INFO

LONGEST = 35
_TAG = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*", re.ASCII
)
# ISO 639-2, as films say it, of those that ISO 639-1 has a shorter one of.
_LONG = {
    "ar": "ara", "bg": "bul", "bn": "ben", "ca": "cat", "cs": "ces", "da": "dan", "de": "deu", "el": "ell",
    "en": "eng", "es": "spa", "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "ga": "gle", "he": "heb",
    "hi": "hin", "hr": "hrv", "hu": "hun", "id": "ind", "is": "isl", "it": "ita", "ja": "jpn", "ko": "kor",
    "lt": "lit", "lv": "lav", "ms": "msa", "nb": "nob", "nl": "nld", "no": "nor", "pl": "pol", "pt": "por",
    "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe", "th": "tha", "tr": "tur",
    "uk": "ukr", "ur": "urd", "vi": "vie", "zh": "zho",
}  # fmt: skip
_NAMES = {"zh": "中文"}  # Django names it with a script alone
OFFERED = (*_LONG, "pt-BR", "zh-Hans", "zh-Hant")


class NoLanguage(ValueError):
    """It is no tag of a language."""


def tag(text: str) -> str:
    """ "PT_br" → "pt-BR". Raises NoLanguage."""
    said = text.strip().replace("_", "-").casefold()
    if len(said) > LONGEST or _TAG.fullmatch(said) is None:
        raise NoLanguage(text)
    first, *more = said.split("-")
    return "-".join([first, *(_written(each) for each in more)])


def main(language: str) -> str:
    """The language itself, without script and region: "pt" of "pt-BR"."""
    return language.partition("-")[0]


def name(language: str) -> str:
    """What its own speakers call it; the tag where nobody says."""
    said = language.casefold()
    for known in (said, *LANG_INFO.get(said, {}).get("fallback", ()), main(language)):
        local = LANG_INFO.get(known, {}).get("name_local") or _NAMES.get(known)
        if local:
            plain = f"{local[0].upper()}{local[1:]}"
            return plain if known == said else f"{plain} ({language})"
    return language


def iso_639_2(language: str) -> str:
    """Of three letters; "und" where it isn't known."""
    first = main(language)
    return first if len(first) == 3 else _LONG.get(first, "und")


def offered() -> Iterable[tuple[str, str]]:
    """Tags and names, to choose from while one is typed."""
    return sorted(((each, name(each)) for each in OFFERED), key=lambda each: each[1].casefold())


def _written(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part
