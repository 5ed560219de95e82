"""Asking for a renewal on a clip's tab of rights, and withdrawing that."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import numbers
from dam.core.errors import Refused
from dam.rights import ending, making, renewals
from dam.rights.ending import Wanted
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires


@require_POST
@requires(Capability.VIEW)
def change(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """`message` asks; `withdraw` is the request that is withdrawn."""
    version = asset_version.find(request, asset_id)
    try:
        if "withdraw" in request.POST:
            number = numbers.read(request.POST["withdraw"]) or 0
            renewals.withdraw(version, number, by=request.principal)
            messages.success(request, _("The request was withdrawn."))
        else:
            renewals.ask(version, message=request.POST.get("message", ""), by=request.principal)
            messages.success(request, _("The legal reviewers were asked to renew the clearance."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(asset_version.address(version, tab="rights"))


def context(version: Version, *, by: Principal) -> dict[str, object]:
    """What assets/_renewal.html takes besides the clip. Viewers read nobody else's message."""
    end = ending.seen(by, Wanted()).filter(version=version).first()
    request = renewals.of([version.pk]).get(version.pk) if end else None
    own = request is not None and by.user is not None and request.asked_by_id == by.user.pk
    return {
        "rights_end": end,
        "renewal": request,
        "renewal_told": own or making.knows_hidden(by),
        "may_ask_renewal": end is not None and request is None and renewals.may_ask(by),
        "may_withdraw_renewal": request is not None and renewals.may_withdraw(request, by=by),
    }
