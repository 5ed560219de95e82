"""In which language people read: their own choice, else the brand's, else what their browser asks for."""

from django.conf import settings
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from dam.accounts.models import Brand, User


def known(code: str) -> bool:
    return code in dict(settings.LANGUAGES)


def language_of(user: User | None, brand: Brand | None, *, browser: str = "") -> str:
    """The code of a language that the product speaks. `browser` is an Accept-Language header."""
    chosen = (user.language if user else "", brand.language if brand else "", accepted(browser))
    return next((code for code in chosen if code and known(code)), settings.LANGUAGE_CODE)


def accepted(header: str) -> str:
    """The first language of an Accept-Language header that we have; empty if there is none."""
    for wanted, _ in parse_accept_lang_header(header[:500]):
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return ""
