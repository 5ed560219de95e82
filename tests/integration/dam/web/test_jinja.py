"""What Jinja draws: as safe as Django's templates, and in the reader's words."""

import pytest
from django.template import engines
from django.test import Client
from django.utils import translation
from jinja2 import UndefinedError

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from tests.factories import VersionFactory
from tests.integration.dam.web.conftest import SignIn

HOSTILE = """"><script>alert('%(asset)s')</script> {{ 7*7 }}"""


@pytest.mark.django_db
def test_a_hostile_title_is_text(brand: Brand, sign_in: SignIn) -> None:
    VersionFactory.create(asset__brand=brand, asset__title=HOSTILE)
    page = sign_in(Role.CREATOR).get(f"/b/{brand.slug}/").content.decode()
    assert "<script>alert(" not in page
    assert page.count("&gt;&lt;script&gt;alert(&#39;%(asset)s&#39;)&lt;/script&gt; {{ 7*7 }}") >= 3


def test_a_name_that_nothing_is_given_for_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="brand"):
        engines["jinja"].get_template("components/card_star.html").render(
            {"asset": {"pk": 1}, "starred": True}
        )


@pytest.mark.django_db
def test_it_speaks_the_readers_language(brand: Brand, sign_in: SignIn) -> None:
    VersionFactory.create(asset__brand=brand, asset__title="Lime")
    client: Client = sign_in(Role.CREATOR)
    address = f"/b/{brand.slug}/"
    with translation.override("de"):
        assert "Favorit: Lime" in client.get(address, headers={"Accept-Language": "de"}).content.decode()
    assert "Favourite: Lime" in client.get(address).content.decode()
