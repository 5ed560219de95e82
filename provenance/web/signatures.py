"""Approvals, all decisions of the law, and withdrawals are given in a person's name: how whoever gives one
shows that they are that person."""

from allauth.core import ratelimit
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from dam.accounts import principals, second_factors
from dam.accounts.principals import Member
from dam.catalog.models import Version
from dam.web import confirming, passkey_proofs
from dam.web.decorators import BrandRequest
from provenance.review.asking import Seen
from provenance.review.models import Review
from provenance.review.states import DecisionKind
from provenance.web.review_forms import SignedForm


def content(review: Review, sha256: str, seen: Seen, *, kind: DecisionKind) -> str:
    """What a passkey signs: one decision of one stage, so that its proof is none for another."""
    return f"{kind} {review.pk} {sha256} {seen.stage} {seen.approvals}"


def require_member(request: BrandRequest) -> None:
    """No program signs in a person's name. Raises PermissionDenied."""
    if not isinstance(request.principal, Member):
        raise PermissionDenied(_("Sign in to open this page."))


def withdrawal(version: Version) -> str:
    """What a passkey signs when an approval is withdrawn."""
    return f"withdraw {version.pk} {version.sha256}"


def signed_in(request: BrandRequest, form: SignedForm, *, about: str) -> str:
    """How they showed who they are (reviews.decide); empty where they didn't, and the form says why.

    `about` is what their passkey was asked to sign. Whoever sits there must be the person who is named.
    """
    person = principals.person(request.principal)
    answer = form.cleaned_data
    if not answer["password"] and not answer["passkey"]:
        if confirming.at_company(request):
            return "company"
        form.add_error("password", _("Enter your password or use a passkey. This is signed in your name."))
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
    """How whoever signs can show that it is them."""
    person = request.principal.user
    if person is None:
        return {}
    return {
        "has_password": person.has_usable_password(),
        "has_passkey": second_factors.has_passkey(person),
        "at_company": confirming.at_company(request),
    }
