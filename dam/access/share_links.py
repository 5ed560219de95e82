"""Share links: somebody without an account comes as a guest and sees the released clips the link opens."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import keys, principals, times
from dam.accounts.capabilities import GUEST_MAY, PHRASES, Capability
from dam.accounts.models import ShareLink
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Asset
from dam.core import errors
from dam.core.language import number
from dam.rights import territories, visibility
from dam.rights.policy import Use

MOST_ASSETS = 500


class ShareRefused(errors.Refused):
    """There is no such link to be made or ended; `code` for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


def create(
    *,
    by: Principal,
    guest: str,
    assets: Collection[Asset],
    last_day: date,
    use: Use,
    territory: str,
    capabilities: Iterable[Capability] = (Capability.VIEW,),
    at: datetime | None = None,
) -> tuple[ShareLink, str]:
    """A link that opens these assets for `guest`, and its secret, which is shown this once.

    The guest sees of them what is released, then and later, until the end of that day where the brand is,
    and takes files for that `use` in that `territory` (a code) alone, as each clip is cleared then.
    Raises ShareRefused, PermissionDenied.
    """
    by.require(Capability.SHARE)
    at = at or timezone.now()
    guest = " ".join(guest.split())
    granted = _granted(by, capabilities)
    if not guest:
        raise ShareRefused("no_name", _("Enter the guest's name. It appears in the activity log."))
    if len(guest) > ShareLink.LONGEST_NAME:
        raise ShareRefused(
            "name_too_long",
            (
                _("A guest's name has at most %(longest_name)s characters; this one has %(guest)s.")
                % {"longest_name": ShareLink.LONGEST_NAME, "guest": len(guest)}
            ),
        )
    expires_at = times.end_of_day(last_day, times.of_brand(by.brand))
    if expires_at <= at:
        raise ShareRefused("past_date", _("This date has passed. Choose a later date."))
    if not territories.known(territory):
        raise ShareRefused("bad_territory", _("Name a country, EU or worldwide."))
    chosen = _visible(by, assets)
    key = keys.new(keys.KeyKind.SHARE)
    with trail.recording():
        link = ShareLink.objects.create(
            brand=by.brand,
            guest=guest,
            prefix=key.prefix,
            digest=key.digest,
            capabilities=granted,
            created_by=principals.person(by),
            created_at=at,
            expires_at=expires_at,
            use=use.value,
            territory=territory,
        )
        link.assets.set(chosen)
        data = {
            "link": key.prefix,
            "assets": sorted(str(asset.pk) for asset in chosen),
            "capabilities": granted,
            "expires_at": expires_at.isoformat(),
            "use": use.value,
            "territory": territory,
        }
        trail.record(Verb.SHARE_CREATED, brand=by.brand, target=guest, actor=by, data=data, at=at)
    return link, key.secret


def revoke(link: ShareLink, *, by: Principal, at: datetime | None = None) -> None:
    """End a link: the guest's next request finds nothing. Raises ShareRefused, PermissionDenied."""
    by.require(Capability.SHARE, brand=link.brand)
    at = at or timezone.now()
    with trail.recording():
        if not ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at):
            raise ShareRefused("revoked", _("This link has already been revoked."))
        data = {"link": link.prefix}
        trail.record(Verb.SHARE_REVOKED, brand=link.brand, target=link.guest, actor=by, data=data, at=at)


def _granted(by: Principal, capabilities: Iterable[Capability]) -> list[str]:
    chosen = frozenset(capabilities)
    if Capability.VIEW not in chosen or chosen - (by.capabilities & GUEST_MAY):
        may = ", ".join(_(PHRASES[each]) for each in Capability if each in GUEST_MAY - {Capability.VIEW})
        raise ShareRefused(
            "beyond_guest", (_("Guests can view and, if you can too: %(may)s.") % {"may": may})
        )
    return sorted(each.value for each in chosen)


def _visible(by: Principal, assets: Collection[Asset]) -> list[Asset]:
    """The assets, all of which the one who shares them can see."""
    if not 0 < len(assets) <= MOST_ASSETS:
        raise ShareRefused(
            "how_many",
            (_("A link can share 1 to %(most_assets)s clips.") % {"most_assets": number(MOST_ASSETS)}),
        )
    visible = list(visibility.visible_assets(by).filter(pk__in=[asset.pk for asset in assets]))
    if len(visible) != len({asset.pk for asset in assets}):
        raise ShareRefused("not_yours", _("One of these clips is no longer in the library."))
    return visible
