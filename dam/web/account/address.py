"""Confirming that the account's address is one's own: allauth's mailed link, used by whoever is signed in.

Signed in, for whoever only claims an address has its account, and whoever reads its mail is someone else:
neither must be able to prove it for the other.
"""

from allauth.account.internal.flows import email_verification
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts import members, sessions
from dam.accounts.models import User
from dam.web import confirming


@confirming.signed_in
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    person = confirming.person(request)
    if not person.is_proven:
        address, _made = EmailAddress.objects.get_or_create(
            user=person, email=person.email, defaults={"primary": True}
        )
        if email_verification.send_verification_email_to_address(request, address):
            messages.success(request, _("We sent a link to %(email)s.") % {"email": person.email})
        else:
            messages.error(request, _("A link was sent a moment ago. Wait a few minutes, then try again."))
    return redirect("mfa_index")


@never_cache
@confirming.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    person = confirming.person(request)
    if not _holds(key, person):
        return render(request, "account/email_confirm.html", {"person": None}, status=410)
    if request.method != "POST":
        return render(request, "account/email_confirm.html", {"person": person})
    members.prove(person)
    sessions.end_all(person, but=request.session.session_key or "")
    EmailAddress.objects.filter(user=person).delete()
    messages.success(request, _("Your email address is confirmed."))
    return redirect("mfa_index")


def _holds(key: str, person: User) -> bool:
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None:
        return False
    address = confirmation.email_address
    return address.user_id == person.pk and address.email == person.email and not person.is_proven
