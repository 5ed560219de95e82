"""The demo brand and one person for each role."""

from django.db import transaction

from dam.accounts import demo
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User
from dam.accounts.principals import Member
from generation.demo_data.plan import PEOPLE

People = dict[Role, Member]


def prepare(*, password: str | None = demo.PASSWORD) -> tuple[Brand, People]:
    """The brand and its people, made where they are missing; who is there stays as they are.

    Without a password nobody signs in as one of them.
    """
    with transaction.atomic():
        brand, _ = Brand.objects.get_or_create(slug=demo.SLUG, defaults={"name": demo.NAME})
        return brand, {role: _person(brand, role, name, password) for role, name in PEOPLE.items()}


def _person(brand: Brand, role: Role, name: str, password: str | None) -> Member:
    email = demo.address_of(role)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, name=name)
    membership, _ = Membership.everyone.get_or_create(user=user, brand=brand, defaults={"role": role.value})
    return Member(user, brand, membership.given)
