"""Shared with me: every link of one address, over all brands, for whoever has shown that they read it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from provenance.guests import door, gate, links
from provenance.guests.models import GuestAddress
from provenance.guests.rules import Proof
from provenance.web.guests import frame
from provenance.web.guests.door import TOO_OFTEN
from provenance.web.guests.forms import AddressForm, CodeForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The list; before that the address, to which a code is mailed where it has links."""
    at = timezone.now()
    if request.method != "POST":
        email = frame.confirmed_address(request)
        if email:
            shown = gate.open_links(email, at=at)
            return render(request, "guests/list.html", {"email": email, "links": shown})
        return render(request, "guests/address.html", {"form": AddressForm()})
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render(request, "guests/address.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    if not frame.may_try(request, "guest_code", key=f"list {email}"):
        form.add_error(None, _("Too many codes were sent. Wait an hour, then ask for another."))
        return render(request, "guests/address.html", {"form": form}, status=TOO_OFTEN)
    door.ask_for_list_code(email, at=at)
    return render(request, "guests/address.html", {"form": CodeForm(), "email": email})


@never_cache
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The code that came. Whether an address has links is said to nobody who doesn't read its mail."""
    at = timezone.now()
    address, form = AddressForm(request.POST), CodeForm(request.POST)
    if not address.is_valid():
        return redirect("guest-list")
    email = address.cleaned_data["email"]
    context = {"form": form, "email": email}
    if not form.is_valid():
        return render(request, "guests/address.html", context, status=422)
    if not frame.may_try(request, "guest_try", key=f"list {email}"):
        form.add_error(None, _("Too many tries. Wait a few minutes, then try again."))
        return render(request, "guests/address.html", context, status=TOO_OFTEN)
    row = GuestAddress.objects.filter(email=email).first()
    try:
        if row is None:
            raise links.GuestRefused(_("Wrong code. Check the newest email."), field="code")
        door.use_code(row, form.cleaned_data["code"], at=at)
    except links.GuestRefused:
        form.add_error("code", _("Wrong code, or an old one. Check the newest email."))
        return render(request, "guests/address.html", context, status=422)
    return frame.confirm_address(redirect("guest-list"), email, at=at)


@never_cache
@require_POST
def enter(request: HttpRequest, key: UUID) -> HttpResponse:
    """Into the room of a link of the confirmed address; to its door where it asks for a passphrase."""
    at, email = timezone.now(), frame.confirmed_address(request)
    link = gate.find(key, at=at) if email else None
    if link is None or link.email != email:
        return frame.gone(request)
    if link.proof != Proof.CODE:
        return frame.lead_to_door(link) if link.digest else frame.gone(request)
    try:
        return frame.let_in(request, link, at=at)
    except links.GuestRefused:
        return frame.gone(request)


@never_cache
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    return frame.forget_address(redirect("guest-list"))
