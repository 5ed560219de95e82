"""Removing a person's data on request. What they made and decided stays, as that of a former member.

The activity log keeps its events and its chain (dam/audit/names.py); what it says of names that are older
than that is in docs/security.md.
"""

from datetime import datetime

from django.apps import apps
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.access import people
from dam.accounts import pseudonyms
from dam.accounts.mail_models import OutgoingMail
from dam.accounts.models import Invitation, Membership, User
from dam.accounts.principals import Principal
from dam.audit import names, trail
from dam.audit.verbs import Verb
from dam.collections import collections
from dam.core import locks

# Rows that are about nobody else: by model, and the field that names the person.
OWN_ROWS = (
    ("account", "EmailAddress", "user"),
    ("mfa", "Authenticator", "user"),
    ("socialaccount", "SocialAccount", "user"),
    ("usersessions", "UserSession", "user"),  # from where and with what they signed in
    ("dam", "ScimUser", "user"),
    ("dam", "RecentSearch", "user"),
    ("dam", "Turn", "user"),
    ("dam", "Collection_people", "user"),  # which collections they were let see
    ("dam", "Favourite", "user"),
    ("dam", "RecentClip", "user"),
)

# Of people who are known elsewhere by the same address: called with the addresses and the moment, by name as
# they live above.
ALSO = ("provenance.guests.erasing.forget_address",)


def erase(user: User, *, by: Principal, at: datetime | None = None) -> None:
    """Close the account and put a pseudonym in place of name and address, everywhere and for good.

    Raises people.PeopleRefused, PermissionDenied.
    """
    at = at or timezone.now()
    people.require_runs_installation(by)
    if by.user == user:
        raise people.PeopleRefused(
            _("You can't remove your own data. Ask another administrator."), code="yourself"
        )
    with trail.recording():
        brands = people.hold_brands_of(user)
        locks.hold(people.INSTALLATION)
        if not User.objects.filter(pk=user.pk, erased_at=None).exists():
            raise people.PeopleRefused(_("This person's data was removed already."), code="erased")
        people.require_leaves_administrators(user, brands)
        ran = people.administered_by(user, brands)
        people.end_account(user, at=at)
        people.require_run(ran)
        addresses = {user.email, user.proven_email} - {""}
        OutgoingMail.objects.filter(address__in=addresses).delete()
        Membership.objects.filter(user=user).update(deactivated_at=at)
        _forget_invitations(user, addresses)
        for name in ALSO:
            import_string(name)(addresses, at=at)
        for app, model, field in OWN_ROWS:
            if apps.is_installed(f"allauth.{app}") or app == "dam":
                apps.get_model(app, model)._default_manager.filter(**{field: user}).delete()
        collections.forget_private(user)
        names.erase(f"user:{user.pk}", at=at)
        user.people_groups.clear()
        user.name, user.email = pseudonyms.of_person(user.pk), f"former-member-{user.pk}@removed.invalid"
        user.proven_email = user.language = user.time_zone = user.browser_time_zone = ""
        user.is_superuser = user.is_staff = False
        user.erased_at = at
        user.save()
        for brand in brands:
            trail.record(Verb.MEMBER_ERASED, brand=brand, about=user, actor=by, at=at)


def _forget_invitations(user: User, addresses: set[str]) -> None:
    for row in Invitation.objects.filter(email__in=addresses):
        names.erase(f"invitation:{row.pk}", at=timezone.now())
        Invitation.objects.filter(pk=row.pk).update(
            email=f"former-invitation-{row.pk}@removed.invalid",
            name="",
            note="",
            revoked_at=row.revoked_at or (None if row.accepted_at else timezone.now()),
        )
