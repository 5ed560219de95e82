"""Shared with me: every link of one address, over all brands, for whoever has shown that they read it."""

import secrets
from uuid import UUID

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from provenance.guests import door, gate, links
from provenance.guests.rules import Proof
from provenance.web.guests import frame
from provenance.web.guests.door import TOO_OFTEN
from provenance.web.guests.forms import AddressForm, ListCodeForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The list; before that the address, to which a code is mailed where it has links."""
    at = timezone.now()
    if request.method != "POST":
        listing = frame.listing(request, at=at)
        if listing is not None:
            shown = gate.open_links(listing.email, at=at)
            return render(request, "guests/list.html", {"email": listing.email, "links": shown})
        return render(request, "guests/address.html", {"form": AddressForm()})
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render(request, "guests/address.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    browser = frame.browser(request)
    if not _may_ask(request, email):
        row = door.asked(browser, email) if browser else None
        if row is not None and row.code_until is not None and row.code_until > at:
            # Others may have used up what is mailed to this address. A code that is here opens it still.
            return render(request, "guests/address.html", {"form": ListCodeForm(), "email": email})
        form.add_error(None, _("Too many codes were sent. Wait an hour, then ask for another."))
        return render(request, "guests/address.html", {"form": form}, status=TOO_OFTEN)
    browser = browser or secrets.token_urlsafe(32)
    door.ask_for_list_code(email, browser=browser, at=at)
    response = render(request, "guests/address.html", {"form": ListCodeForm(), "email": email})
    return frame.remember_browser(response, browser, at=at)


@never_cache
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The code that came, in the browser that asked for it.

    Whether an address has links is said to nobody who doesn't read its mail.
    """
    at = timezone.now()
    address, form = AddressForm(request.POST), ListCodeForm(request.POST)
    if not address.is_valid():
        return redirect("guest-list")
    email = address.cleaned_data["email"]
    context = {"form": form, "email": email}
    if not form.is_valid():
        return render(request, "guests/address.html", context, status=422)
    browser = frame.browser(request)
    # Tries are counted for the browser, and in its row: nobody uses up those of another.
    if not frame.may_try(request, "guest_list_try", key=browser):
        form.add_error(None, _("Too many tries. Wait a few minutes, then try again."))
        return render(request, "guests/address.html", context, status=TOO_OFTEN)
    row = door.asked(browser, email)
    try:
        if row is None:
            raise links.GuestRefused(_("Wrong code. Check the newest email."), field="code")
        door.use_code(row, form.cleaned_data["code"], at=at)
        secret = door.give_list(row, at=at)
    except links.GuestRefused:
        form.add_error("code", _("Wrong code, or an old one. Check the newest email."))
        return render(request, "guests/address.html", context, status=422)
    return frame.give_list(redirect("guest-list"), secret, at=at)


@never_cache
@require_POST
def enter(request: HttpRequest, key: UUID) -> HttpResponse:
    """Into the room of a link of the confirmed address; to its door where it asks for a passphrase."""
    at = timezone.now()
    listing = frame.listing(request, at=at)
    link = gate.find(key, at=at) if listing is not None else None
    if listing is None or link is None or link.email != listing.email:
        return frame.gone(request)
    if link.proof != Proof.CODE:
        return frame.lead_to_door(link) if link.digest else frame.gone(request)
    try:
        return frame.let_in(request, link, at=at, listing=listing)
    except links.GuestRefused:
        return frame.gone(request)


@never_cache
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    return frame.end_list(request, redirect("guest-list"), at=timezone.now())


def _may_ask(request: HttpRequest, email: str) -> bool:
    """Few mails to one address from one place, and more from all together: who asks for another's codes
    from one place leaves the owner theirs.
    """
    here = f"list {email} {ratelimit.get_ip(request)}"
    return frame.may_try(request, "guest_list_code", key=here) and frame.may_try(
        request, "guest_list_mail", key=email
    )
