"""An address in the place of a file, on the public verify page: a worker fetches what is there."""

import logging
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dam.core.errors import Refused
from dam.core.lazily import lazy
from dam.web import clients
from provenance.manifests import fetched_addresses, public_checks

log = logging.getLogger(__name__)


class AddressForm(forms.Form):
    address = forms.CharField(
        label=lazy("Address of a file"),
        error_messages={"required": lazy("Enter an address first.")},
        widget=forms.URLInput(attrs={"placeholder": "https://", "maxlength": False}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].help_text = _(
            "Of an image, video or sound itself, not of a page that shows it: up to %(most)s, in a public "
            "place. This server fetches it, checks it and deletes it."
        ) % {"most": filesizeformat(settings.VERIFY_ADDRESS_MAX_BYTES)}

    def clean_address(self) -> str:
        try:
            return fetched_addresses.require(str(self.cleaned_data["address"]).strip())
        except fetched_addresses.NotFetched as refused:
            raise forms.ValidationError(_(str(refused))) from None


def context() -> dict[str, Any]:
    return {"takes_addresses": settings.VERIFY_ADDRESSES, "address_form": AddressForm()}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest) -> HttpResponse:
    """Have it fetched, and show the verdict as soon as it is there."""
    if not settings.VERIFY_ADDRESSES:
        raise Http404
    if request.method != "POST":
        return redirect("verify")
    form = AddressForm(request.POST)
    status = 422
    if form.is_valid():
        address = form.cleaned_data["address"]
        try:
            public_checks.admit(clients.limited(request), most=settings.VERIFY_PER_HOUR)
            submission = public_checks.submit_address(address, filename=fetched_addresses.name_of(address))
        except public_checks.TooManyChecks as refused:
            form.add_error(None, refused.message)
            status = 429
        except Refused as away:
            log.warning("An address could not be taken for verification.", exc_info=True)
            form.add_error(None, str(away.message))
            status = 503
        else:
            return redirect("verify-result", submission.id)
    return render(request, "verify/address.html", {"area": "verify", "address_form": form}, status=status)
