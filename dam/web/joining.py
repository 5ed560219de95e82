"""Accepting an invitation: /join/<secret>/ is what the mail links to, /join/ is the page.

The secret leaves the address at once: the session keeps what finds the invitation again. Nothing changes
before somebody presses the button, so a program that only looks at links in mails uses none up.
"""

from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.contrib.auth import login, logout, password_validation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.access import invitations
from dam.access.invitations import InvitationRefused, State
from dam.accounts import keys, members, roles
from dam.accounts.models import Invitation, User
from dam.sso import providers
from dam.web import known_devices
from dam.web.person_name import PersonNameField
from dam.web.whole_text import WholeTextForm

KEPT = "invitation"  # in the session: the prefix and the hash of the link's secret
BACKEND = "dam.web.signin.OwnAddressBackend"


class NewPersonForm(WholeTextForm):
    name = PersonNameField(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password1 = forms.CharField(
        label=_("Choose a password"),
        max_length=200,
        strip=False,
        help_text=_("At least 12 characters, and not a common password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **named: Any) -> None:
        super().__init__(*args, **named)
        self._email = email

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        like = User(email=self._email, name=self.cleaned_data.get("name", ""))
        password_validation.validate_password(password, like)
        return password


@require_safe
@never_cache
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """What the mail links to."""
    if invitations.find(secret) is not None:
        request.session[KEPT] = [keys.prefix_of(secret), keys.digest(secret)]
    else:
        request.session.pop(KEPT, None)
    return redirect("join")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """Each way an invitation can stand has its page."""
    invitation = _kept(request)
    if invitation is None:
        return _page(request, "unknown", status=404)
    state = invitations.state_of(invitation, at=timezone.now())
    if state != State.OPEN:
        if state == State.ACCEPTED and request.user == invitation.accepted_by:
            return redirect("library", brand_slug=invitation.brand.slug)
        return _page(request, state.value, invitation, status=410)
    if isinstance(request.user, User):
        return _as_known(request, invitation, request.user)
    known = members.of_address(invitation.email)
    if known is not None:
        return _page(request, "sign_in" if known.is_active else "closed", invitation)
    if providers.only_company(invitation.email):
        return _page(request, "company", invitation)
    return _as_new(request, invitation)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Sign out and come back to the invitation."""
    kept = request.session.get(KEPT)
    logout(request)
    if kept:
        request.session[KEPT] = kept
    return redirect("join")


def _as_known(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    if user.email != invitation.email:
        return _page(request, "somebody_else", invitation, status=403)
    if request.method != "POST":
        return _page(request, "confirm", invitation)
    try:
        invitations.accept(invitation, user)
    except InvitationRefused as refused:
        return _page(request, "refused", invitation, status=409, reason=refused.message)
    return _welcome(request, invitation)


def _as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = NewPersonForm(sent, email=invitation.email, initial={"name": invitation.name})
    if sent is None or not form.is_valid():
        return _page(request, "new", invitation, form=form, status=422 if sent is not None else 200)
    name, password = form.cleaned_data["name"], form.cleaned_data["password1"]
    try:
        user = invitations.join_as_new(invitation, name=name, password=password).user
    except InvitationRefused as refused:
        return _page(request, "refused", invitation, status=409, reason=refused.message)
    kept = request.session.get(KEPT)
    login(request, user, backend=BACKEND)
    request.session[KEPT] = kept
    record_authentication(request, user, method="password", email=user.email)
    response = _welcome(request, invitation)
    known_devices.remember(request, response, login=user.email)
    return response


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session.pop(KEPT, None)
    return redirect("welcome", brand_slug=invitation.brand.slug)


def _kept(request: HttpRequest) -> Invitation | None:
    """The invitation whose link was opened in this session, unless another link has replaced it."""
    kept = request.session.get(KEPT)
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    prefix, digest = cast(list[str], kept)
    rows = Invitation.objects.select_related("brand", "invited_by", "accepted_by")
    return rows.filter(prefix=prefix, digest=digest).first()


def _page(
    request: HttpRequest, kind: str, invitation: Invitation | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    role = ""
    if invitation is not None and kind in ("new", "confirm", "sign_in", "company"):
        try:
            role = roles.name(roles.named(invitation.brand, invitation.role))
        except roles.UnknownRole as refused:
            kind, status, more = "refused", 409, {"reason": refused.message}
    context = {"kind": kind, "invitation": invitation, "role": role, **more}
    return render(request, "people/join.html", context, status=status)
