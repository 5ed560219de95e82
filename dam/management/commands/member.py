"""Lets a person into a brand: `manage.py member ada@example.com --brand northwind --role creator`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from dam.accounts import mails, members, roles
from dam.accounts.capabilities import AnyRole, Role
from dam.accounts.models import Brand
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import command


class Command(command.Command):
    help = (
        "Give a person a role in a brand, replacing any earlier role. A new person gets an account, and the"
        " password is printed once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--brand", required=True, metavar="SLUG")
        parser.add_argument(
            "--role", required=True, help=f"{', '.join(Role)}, or the name of a role of the brand's own"
        )
        parser.add_argument("--name", default="", help="name of a new person, shown on pages")

        parser.add_argument(
            "--new-password",
            action="store_true",
            help="give a known person another password, for you to hand over; it ends their sessions",
        )

    def handle(
        self,
        *args: Any,
        email: str,
        brand: str,
        role: str,
        name: str,
        new_password: bool,
        **options: Any,
    ) -> None:
        brand_row = Brand.objects.filter(slug=brand).first()
        if brand_row is None:
            raise CommandError(f"There is no brand {brand!r}. Create it: manage.py brand {brand} NAME")
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} isn't an email address.") from error
        given = _role(brand_row, role)
        if not mails.can_reach(email):
            raise CommandError(f"No mail can be sent to {email!r}. Check how it is spelled.")
        with trail.recording():
            user, password = members.admit(
                email=email, name=name, brand=brand_row, role=given, new_password=new_password
            )
            trail.record(Verb.MEMBER_ADMITTED, brand=brand_row, about=user, data={"role": roles.key(given)})
        if password and new_password:
            mails.tell_of_new_password(user, how=mails.BY_OPERATOR)
        self.stdout.write(f"{user} is now {roles.name(given)} of {brand_row}.")
        if password:
            self.stdout.write(f"Password (shown only once): {password}")


def _role(brand: Brand, words: str) -> AnyRole:
    """The role of that key or name. Raises CommandError."""
    known = roles.choices(brand)
    for each in known:
        if words.casefold() in (each.key, str(each.name).casefold()):
            return each.role
    names = ", ".join(str(each.name) if each.is_own else each.key for each in known)
    raise CommandError(f"{brand} has no role {words!r}. Its roles: {names}.")
