"""The page between signing in and a brand that requires a second factor."""

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dam.access import own_account
from dam.accounts.models import Brand, User
from dam.web import confirming, second_factor


@never_cache
@confirming.signed_in
@require_safe
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Use the second factor, or set one up; then on to where somebody wanted to go."""
    person = confirming.person(request)
    following = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        following = reverse("home")
    brand = _brand(following, person)
    if brand is None or not second_factor.missing(request, person, brand):
        request.session.pop(second_factor.FOLLOWING, None)
        return redirect(following)
    request.session[second_factor.FOLLOWING] = following
    types = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    context = {
        "required_by": brand,
        "following": following,
        "has_passkey": Authenticator.Type.WEBAUTHN in types,
        "has_app": Authenticator.Type.TOTP in types,
        "person": person,
    }
    return render(request, "account/second_factor.html", context)


def _brand(address: str, person: User) -> Brand | None:
    """The brand whose page it is, where the person works in it."""
    try:
        slug = resolve(address.partition("?")[0].partition("#")[0]).kwargs.get("brand_slug", "")
    except Resolver404:
        return None
    return own_account.brands_of(person).filter(slug=slug).first()


@never_cache
@confirming.signed_in
@require_safe
def confirm_elsewhere(request: HttpRequest) -> HttpResponse:
    """To somebody without a password and a passkey: their company's sign-in says who they are."""
    return render(request, "account/confirm_elsewhere.html", {"following": request.GET.get("next", "")})
