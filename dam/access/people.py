"""The people of a brand: their roles, and their leaving and coming back; accounts that are closed.

Who is let in is decided for each request, so each of these counts from the next one on. Of two that happen at
once the later one sees what the first did: they take turns, brand by brand.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.access import ending, handover
from dam.access.handover import Heir
from dam.accounts import members, roles
from dam.accounts.capabilities import ADMINISTRATIVE, AnyRole, Capability, of_role
from dam.accounts.models import ApiToken, Brand, Membership, User
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, locks

INSTALLATION = "installation-administrators"  # the lock of those who run it; after those of people


class PeopleRefused(errors.Refused):
    """What can't be done to this person, or not by the one who asks."""

    code = "people"


def last_administrator() -> PeopleRefused:
    return PeopleRefused(
        _("The brand needs an administrator. Make someone else one first."), code="last_administrator"
    )


def change_role(membership: Membership, *, role: AnyRole, by: Principal) -> None:
    """Give a person another role in place of theirs. Raises PeopleRefused, PermissionDenied."""
    require_other(membership.user, by=by)
    by.require(Capability.MANAGE_PEOPLE, brand=membership.brand)
    with trail.recording():
        now = _locked(membership)
        before = now.given
        roles.require_may_give(by, before)
        roles.require_may_give(by, role)
        if not now.is_active:
            raise PeopleRefused(_("This person is deactivated. Reactivate them first."), code="deactivated")
        if roles.key(before) == roles.key(role):
            return
        if _runs(before) and not _runs(role):
            _require_another(now)
        _require_others_can(Member(now.user, now.brand, before), keeps=of_role(role))
        Membership.objects.filter(pk=now.pk).update(**roles.columns(role))
        _require_run(now)
        data = {"role": [roles.recorded(before), roles.recorded(role)]}
        trail.record(Verb.MEMBER_ROLE_CHANGED, brand=by.brand, about=now.user, actor=by, data=data)


def deactivate(
    membership: Membership, *, by: Principal, heir: Heir | None = None, at: datetime | None = None
) -> None:
    """End a person's access to this brand, and their API tokens for it. What they made and decided stays.

    Reviews that wait for them and takes that run go to `heir`; without one the reviews stay with their role,
    and the takes go on. Raises PeopleRefused, PermissionDenied.
    """
    at = at or timezone.now()
    require_other(membership.user, by=by)
    by.require(Capability.MANAGE_PEOPLE, brand=membership.brand)
    with trail.recording():
        now = _locked(membership)
        roles.require_may_give(by, now.given)
        if not now.is_active:
            raise PeopleRefused(_("This person is deactivated already."), code="deactivated")
        if _runs(now.given):
            _require_another(now)
        if heir is None:
            _require_others_can(Member(now.user, now.brand, now.given), keeps=frozenset())
        data = ending.end(now, heir=heir, by=by, at=at)
        _require_run(now)
        trail.record(Verb.MEMBER_DEACTIVATED, brand=now.brand, about=now.user, actor=by, data=data, at=at)


def reactivate(membership: Membership, *, by: Principal) -> None:
    """Let a person in again, with the role they had. Their tokens stay revoked. Raises PeopleRefused."""
    by.require(Capability.MANAGE_PEOPLE, brand=membership.brand)
    with trail.recording():
        now = _locked(membership)
        roles.require_may_give(by, now.given)
        if now.is_active:
            raise PeopleRefused(_("This person is active already."), code="active")
        if now.user.erased_at:
            raise PeopleRefused(_("This person's data was removed. Invite them again."), code="erased")
        Membership.everyone.filter(pk=now.pk).update(deactivated_at=None)
        trail.record(Verb.MEMBER_REACTIVATED, brand=now.brand, about=now.user, actor=by)


def close_account(user: User, *, by: Principal, at: datetime | None = None) -> None:
    """End a person's account in every brand: sessions, tokens, and the password. Raises PeopleRefused."""
    at = at or timezone.now()
    require_runs_installation(by)
    require_other(user, by=by)
    with trail.recording():
        brands = hold_brands_of(user)
        locks.hold(INSTALLATION)
        if not User.objects.filter(pk=user.pk, is_active=True).exists():
            raise PeopleRefused(_("This account is closed already."), code="closed")
        require_leaves_administrators(user, brands)
        ran = administered_by(user, brands)
        end_account(user, at=at)
        require_run(ran)
        for brand in brands:
            trail.record(Verb.ACCOUNT_CLOSED, brand=brand, about=user, actor=by, at=at)


def reopen_account(user: User, *, by: Principal) -> None:
    """Let a person sign in again. They choose a new password by mail. Raises PeopleRefused."""
    require_runs_installation(by)
    with trail.recording():
        brands = hold_brands_of(user)
        if not User.objects.filter(pk=user.pk, is_active=False, erased_at=None).update(is_active=True):
            raise PeopleRefused(_("This account isn't closed."), code="open")
        for brand in brands:
            trail.record(Verb.ACCOUNT_REOPENED, brand=brand, about=user, actor=by)


def end_account(user: User, *, at: datetime) -> None:
    """Sessions end with the password that opened them, whatever comes of the account later."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    ApiToken.objects.filter(owner=user, revoked_at=None).update(revoked_at=at)


def hold_brands_of(user: User) -> list[Brand]:
    """The brands that the person was ever in, kept from other changes of their people."""
    brands = list(Brand.objects.filter(memberships__user=user).order_by("pk"))
    members.hold_people(brand.pk for brand in brands)
    return brands


def require_leaves_administrators(user: User, brands: Iterable[Brand]) -> None:
    """Raise PeopleRefused where a brand, or the installation, would be without anybody who runs it."""
    active = Membership.objects.select_related("custom_role", "brand", "user")
    for row in active.filter(user=user, brand__in=brands):
        if _runs(row.given):
            _require_another(row)
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        raise PeopleRefused(
            _("The installation needs an administrator. Make someone else one first."),
            code="last_administrator",
        )


def administered_by(user: User, brands: Iterable[Brand]) -> list[Brand]:
    """Those of them that the person runs, or whose people."""
    rows = Membership.objects.select_related("custom_role", "brand").filter(user=user, brand__in=brands)
    return [row.brand for row in rows if of_role(row.given) & ADMINISTRATIVE]


def require_run(brands: Iterable[Brand]) -> None:
    """Raise PeopleRefused where nobody is left who manages the brand, or nobody its people.

    After a change, in its transaction: a brand may have divided the two among roles of its own.
    """
    for brand in brands:
        try:
            members.require_administrator(brand)
        except members.LastAdministrator:
            raise last_administrator() from None


def require_runs_installation(by: Principal) -> None:
    if not by.runs_installation:
        raise PermissionDenied(_("Only an installation administrator can do this."))


def _locked(membership: Membership) -> Membership:
    """The membership as it is now, while nobody else changes the brand's people."""
    members.hold_people([membership.brand_id])
    rows = Membership.everyone.select_related("user", "brand", "custom_role")
    return rows.get(pk=membership.pk)


def _runs(role: AnyRole) -> bool:
    return of_role(role) >= ADMINISTRATIVE


def _require_another(row: Membership) -> None:
    """Raise PeopleRefused unless somebody else administers the brand, whose people are locked."""
    others = Membership.objects.filter(brand=row.brand, user__is_active=True).exclude(pk=row.pk)
    for capability in ADMINISTRATIVE:
        others = others.filter(roles.with_capability(capability))
    if not others.exists():
        raise last_administrator()


def _require_run(before: Membership) -> None:
    """After a change of a membership that was so before."""
    if of_role(before.given) & ADMINISTRATIVE:
        require_run([before.brand])


def _require_others_can(member: Member, *, keeps: frozenset[Capability]) -> None:
    """Raise PeopleRefused where reviews would wait for nobody."""
    if count := handover.nobody_elses(member, keeps=keeps):
        said = ngettext(
            "%(count)d open review waits for a decision that no one else can make. "
            "Give someone else the role first.",
            "%(count)d open reviews wait for decisions that no one else can make. "
            "Give someone else the role first.",
            count,
        )
        raise PeopleRefused(said % {"count": count}, code="no_one_left")


def require_other(user: User, *, by: Principal) -> None:
    if by.user == user:
        raise PeopleRefused(_("You can't do this to yourself. Ask another administrator."), code="yourself")
