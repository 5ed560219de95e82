"""Approvals are given in a person's name: how whoever approves shows that they are that person."""

from allauth.core import ratelimit
from django.utils.translation import gettext as _

from dam.accounts import principals, second_factors
from dam.web import confirming, passkey_proofs
from dam.web.decorators import BrandRequest
from provenance.review.asking import Seen
from provenance.review.models import Review
from provenance.web.review_forms import ApproveForm


def content(review: Review, sha256: str, seen: Seen) -> str:
    """What a passkey signs: of one stage, so that its proof is none for the next."""
    return f"{review.pk} {sha256} {seen.stage} {seen.approvals}"


def signed_in(request: BrandRequest, form: ApproveForm, *, about: str) -> str:
    """How they showed who they are (reviews.decide); empty where they didn't, and the form says why.

    `about` is what their passkey was asked to sign.

    An approval is signed in a person's name, so whoever sits there must be that person.
    """
    person = principals.person(request.principal)
    answer = form.cleaned_data
    if not answer["password"] and not answer["passkey"]:
        if confirming.at_company(request):
            return "company"
        form.add_error(
            "password", _("Enter your password or use a passkey. Approvals are signed in your name.")
        )
        return ""
    # Counted before it is looked at: of many sent at once each would still see room otherwise.
    if not ratelimit.consume(request, action="reauthenticate", user=person):
        form.add_error("password", _("Too many wrong passwords. Wait a minute, then try again."))
        return ""
    if answer["passkey"]:
        right = passkey_proofs.holds(request, person, about=about, answer=answer["passkey"])
    else:
        right = person.check_password(answer["password"])
    if right:
        ratelimit.clear(request, action="reauthenticate", user=person)
        return "passkey" if answer["passkey"] else "password"
    wrong = (
        _("The passkey didn't match. Try again.") if answer["passkey"] else _("Wrong password. Try again.")
    )
    form.add_error("password", wrong)
    return ""


def ways(request: BrandRequest) -> dict[str, object]:
    """How whoever approves can show that it is them."""
    person = request.principal.user
    if person is None:
        return {}
    return {
        "has_password": person.has_usable_password(),
        "has_passkey": second_factors.has_passkey(person),
        "at_company": confirming.at_company(request),
    }
