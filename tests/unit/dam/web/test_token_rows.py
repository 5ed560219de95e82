"""An API token as pages list it."""

from django.utils import timezone, translation

from dam.accounts.capabilities import Capability
from dam.accounts.models import ApiToken, Brand
from dam.web import token_rows


def test_what_it_may_is_said_in_the_readers_language() -> None:
    token = ApiToken(brand=Brand(), capabilities=[Capability.UPLOAD.value])
    english = token_rows.of(token, at=timezone.now()).may
    with translation.override("de"):
        german = token_rows.of(token, at=timezone.now()).may
    assert english != german
