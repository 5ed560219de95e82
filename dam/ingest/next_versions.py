"""Which asset may somebody add a version to? Asked when a file begins to come and when it is taken."""

from uuid import UUID

from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Asset, AssetKind
from dam.core import errors
from dam.core.lazily import lazy
from dam.rights.visibility import visible_assets


class NoTarget(errors.Refused):
    """No version can be added to that asset; `code` for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


# Whoever follows a link to a video, or has it in a cut, is not to find a picture there one day.
OTHER_KIND = {
    AssetKind.VIDEO: lazy("This clip is a video, so its next version must be a video too."),
    AssetKind.STILL: lazy("This clip is an image, so its next version must be an image too."),
    AssetKind.SOUND: lazy("This clip is sound, so its next version must be sound too."),
}


def target(asset_id: UUID, *, principal: Principal | None, kind: str = "") -> Asset:
    """The asset that a version is to be added to, by a member, or None for who was one. Raises NoTarget.

    `kind` is what that version will be, where it is known. What is in the trash or not theirs to see is not
    there, whatever the reason.
    """
    seen = visible_assets(principal).select_related("latest") if principal else None
    asset = seen.filter(pk=asset_id).first() if seen is not None else None
    if principal is None or asset is None:
        raise NoTarget("no_asset", _("This clip doesn't exist or is in the trash."))
    if not (principal.can(Capability.UPLOAD) and principal.can(Capability.EDIT)):
        raise NoTarget("forbidden", _("Your role in this brand doesn't allow adding versions."))
    if kind and asset.latest is not None:
        require_kind(kind, was=asset.latest.kind)
    return asset


def require_kind(kind: str, *, was: str) -> None:
    """Raises NoTarget where a version of one kind would follow one of another."""
    if kind != was:
        raise NoTarget("other_kind", OTHER_KIND[AssetKind(was)])
