"""What a directory's word on a person does: their account, their membership here, their role."""

from dam.accounts import members
from dam.accounts.models import Brand, User
from dam.scim.models import ScimGroup, ScimToken, ScimUser
from dam.sso import claims, joining, memberships, providers
from dam.sso.models import GroupRule


class Unusable(ValueError):
    """No account can be made of what the directory says; the message says why."""


def account(token: ScimToken, *, address: str, name: str) -> User:
    """The account of the address, made where there is none. Raises Unusable.

    Who makes such a token runs the installation, so what the directory says of its own people counts; it is
    told nothing of what an account is elsewhere.
    """
    if not joining.takes(token.brand, address):
        raise Unusable(f"{token.brand} takes no addresses at {providers.domain_of(address)}.")
    user = members.of_address(address)
    if user is None:
        most = User._meta.get_field("name").max_length or 0
        if len(name) > most:
            raise Unusable(f"The name has {len(name)} characters; at most {most} are kept.")
        return User.objects.create_user(address, None, name=name or address.partition("@")[0])
    if not user.is_proven:
        raise Unusable("The account of this address hasn't proven it. Its owner must choose a new password.")
    return user


def follow(person: ScimUser, *, token: ScimToken) -> None:
    """Make the membership what the directory says now: gone where inactive, else with its groups' role."""
    source = providers.OF_DIRECTORY
    if not person.active:
        memberships.end(person.user, person.brand, source=source)
        return
    memberships.give(person.user, person.brand, role=role_of(person, fallback=token.role), source=source)


def role_of(person: ScimUser, *, fallback: str) -> str:
    groups = ScimGroup.objects.filter(members=person).values_list("display_name", flat=True)
    rules = _rules(person.brand)
    return claims.role_of(set(groups), rules, order=memberships.ORDER) or fallback


def _rules(brand: Brand) -> dict[str, str]:
    found = GroupRule.objects.filter(provider=providers.OF_DIRECTORY, brand=brand)
    return dict(found.values_list("group", "role"))
