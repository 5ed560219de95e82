"""Sign-in and security: password, mail address, authenticator app, passkeys, recovery codes.

The steps are allauth's own views; each of them is for whoever has just shown that it is them.
"""

from typing import Any
from urllib.parse import quote

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth as webauthn_auth
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dam.access import own_account
from dam.core import sorting
from dam.web import confirming, second_factor
from dam.web.decorators import View

SECTION = "mfa_index"


@confirming.signed_in
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    person = confirming.person(request)
    rows = list(Authenticator.objects.filter(user=person).order_by("created_at"))
    codes = next((row.wrap() for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "section": SECTION,
        "person": person,
        "app": next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        "passkeys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "has_codes": codes is not None,
        "codes_left": len(codes.get_unused_codes()) if codes else 0,
        "required_by": own_account.brands_of(person)
        .filter(requires_second_factor=True)
        .order_by(sorting.alphabetical("name"), "pk"),
        "following": second_factor.following(request),
    }
    return render(request, "account/security.html", context)


def proven(view: View) -> View:
    """Nobody adds a second factor to an account whose address may be someone else's."""

    @confirming.confirmed
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not confirming.person(request).is_proven:
            messages.error(request, _("Confirm your email address first."))
            return redirect(SECTION)
        return view(request, *args, **kwargs)

    return checked


class AddPasskey(webauthn.AddWebAuthnView):  # type: ignore[misc]
    """Every one can stand alone: it is kept on the device, and asks for the person before it is used."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**named)
        context["options"] = second_factor.as_json(webauthn_auth.begin_registration(self.request.user, True))
        return context

    def form_valid(self, form: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().form_valid(form)
        second_factor.note_set_up(self.request, kind=Authenticator.Type.WEBAUTHN)
        return response


class AddApp(totp.ActivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().form_valid(form)
        second_factor.note_set_up(self.request, kind=Authenticator.Type.TOTP)
        return response


class RecoveryCodes(recovery_codes.ViewRecoveryCodesView):  # type: ignore[misc]
    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**named)
        if context["can_view_codes"]:
            lines = "".join(f"{code}\n" for code in context["unused_codes"])
            # A file that lies in the page already: the codes are asked for once, and no address gives them.
            context["codes_file"] = f"data:text/plain;charset=utf-8,{quote(lines)}"
        context["following"] = second_factor.following(self.request)
        return context


add_passkey = proven(AddPasskey.as_view())
rename_passkey = confirming.confirmed(webauthn.edit_webauthn)
remove_passkey = confirming.confirmed(webauthn.remove_webauthn)
add_app = proven(AddApp.as_view())
remove_app = confirming.confirmed(totp.deactivate_totp)
show_codes = never_cache(confirming.confirmed(RecoveryCodes.as_view()))
renew_codes = confirming.confirmed(recovery_codes.generate_recovery_codes)
