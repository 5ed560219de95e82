"""Making brands and letting people in, from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dam.accounts.models import Brand, Membership, User
from dam.audit.models import Event
from tests.factories import BrandFactory

pytestmark = pytest.mark.django_db


def admit(*options: str) -> str:
    out = StringIO()
    call_command("member", "ada@example.com", "--brand", "northwind", *options, stdout=out)
    return out.getvalue()


def test_a_brand_is_made_once() -> None:
    call_command("brand", "northwind", "Northwind Drinks", stdout=StringIO())
    with pytest.raises(CommandError, match="already exists"):
        call_command("brand", "northwind", "Another", stdout=StringIO())
    assert Brand.objects.get().name == "Northwind Drinks"


def test_somebody_new_can_sign_in_with_the_password_that_is_shown() -> None:
    BrandFactory.create(slug="northwind")
    output = admit("--role", "creator", "--name", "Ada")
    user = User.objects.get(email="ada@example.com")
    assert user.check_password(output.rsplit(" ", 1)[1].strip())
    assert Event.objects.get().verb == "member.admitted"


def test_a_known_person_gets_the_new_role_and_keeps_the_password() -> None:
    BrandFactory.create(slug="northwind")
    admit("--role", "creator")
    assert "Password" not in admit("--role", "librarian")
    assert Membership.objects.get().role == "librarian"


def test_an_unknown_brand_is_told() -> None:
    with pytest.raises(CommandError, match="There is no brand"):
        admit("--role", "viewer")
