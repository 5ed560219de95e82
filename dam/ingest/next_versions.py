"""Which asset may somebody add a version to? Asked when a file begins to come and when it is taken."""

from uuid import UUID

from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.core import errors
from dam.rights.visibility import visible_assets


class NoTarget(errors.Refused):
    """No version can be added to that asset; `code` for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


def target(asset_id: UUID, *, principal: Principal | None) -> Asset:
    """The asset that a version is to be added to, by a member, or None for who was one. Raises NoTarget.

    What is in the trash or not theirs to see is not there, whatever the reason.
    """
    asset = visible_assets(principal).filter(pk=asset_id).first() if principal else None
    if principal is None or asset is None:
        raise NoTarget("no_asset", _("This clip doesn't exist or is in the trash."))
    if not (principal.can(Capability.UPLOAD) and principal.can(Capability.EDIT)):
        raise NoTarget("forbidden", _("Your role in this brand doesn't allow adding versions."))
    return asset
