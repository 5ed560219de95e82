"""Administration → People: who works in the brand, and each person's own page."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.access import erasure, handover, people
from dam.access.handover import Heir
from dam.accounts import groups, mails, roles
from dam.accounts.capabilities import Capability
from dam.accounts.models import ApiToken, Brand, Group, Invitation, Membership, User
from dam.accounts.principals import Member
from dam.search import query
from dam.web import confirming, name_pages, people_choice
from dam.web.decorators import BrandRequest, requires, requires_installation_admin

PAGE = 50
LONGEST_SEARCH = 400  # of characters: no name and address together have as many
STATES = ("active", "deactivated", "all")


@dataclass(frozen=True)
class Row:
    """A person in the list."""

    membership: Membership
    role: str

    @property
    def user(self) -> User:
        return self.membership.user


@require_safe
@requires(Capability.MANAGE_PEOPLE)
def listing(request: BrandRequest) -> HttpResponse:
    words = query.tidy(request.GET.get("q", ""))
    state = request.GET.get("state", "active")
    state = state if state in STATES else "active"
    choices = roles.choices(request.brand)
    role = request.GET.get("role", "")
    role = role if role in {choice.key for choice in choices} else ""
    found = _found(request.brand, words=words, state=state, role=role)
    page = name_pages.read(
        found,
        column="user__name",
        among=Membership.everyone.filter(brand=request.brand),
        request=request,
        size=PAGE,
    )
    context = {
        **frame("people"),
        "page": page,
        "rows": [Row(row, roles.name(row.given)) for row in page.rows],
        "words": words,
        "state": state,
        "role": role,
        "choices": choices,
        "narrowed": bool(words or role or state != "active"),
        "open_invitations": _open_invitations(request.brand),
    }
    return render(request, "people/people.html", context)


@require_safe
@requires(Capability.MANAGE_PEOPLE)
def person(request: BrandRequest, user_id: int) -> HttpResponse:
    membership = _membership(request, user_id)
    asking = request.principal
    own = asking.user == membership.user
    context = {
        **frame("people"),
        "membership": membership,
        "person": membership.user,
        "role": roles.name(membership.given),
        "role_key": roles.key(membership.given),
        "choices": roles.to_give(asking),
        "can_change": not own and roles.may_give(asking, membership.given),
        "own": own,
        "mail_is_on": mails.is_on(),
        "groups": groups.of_brand(request.brand).filter(members=membership.user),
        **_waiting(request, membership),
        "tokens": ApiToken.objects.filter(
            owner=membership.user, brand=request.brand, revoked_at=None
        ).count(),
    }
    return render(request, "people/person.html", context)


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def change_role(request: BrandRequest, user_id: int) -> HttpResponse:
    membership = _membership(request, user_id)
    role = roles.named(request.brand, request.POST.get("role", ""))
    people.change_role(membership, role=role, by=request.principal)
    said = {"name": membership.user, "role": roles.name(role)}
    messages.success(request, _("%(name)s now has the role %(role)s.") % said)
    return redirect("person", brand_slug=request.brand.slug, user_id=user_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def deactivate(request: BrandRequest, user_id: int) -> HttpResponse:
    """Says what it does and whose the open work becomes; then does it."""
    membership = _membership(request, user_id)
    sent = request.POST if request.method == "POST" else None
    form = HandoverForm(sent, brand=request.brand, leaving=membership.user)
    people.require_other(membership.user, by=request.principal)
    if request.method == "POST" and form.is_valid():
        try:
            people.deactivate(membership, by=request.principal, heir=form.heir())
        except people.PeopleRefused as refused:
            if refused.code != "no_one_left":
                raise
            form.add_error("to", refused.message)
        else:
            said = {"name": membership.user}
            messages.success(request, _("%(name)s can't open this brand any more.") % said)
            return redirect("person", brand_slug=request.brand.slug, user_id=user_id)
    context = {
        **frame("people"),
        "membership": membership,
        "person": membership.user,
        "form": form,
        **_waiting(request, membership),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "people/deactivate.html", context, status=status)


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def reactivate(request: BrandRequest, user_id: int) -> HttpResponse:
    membership = _membership(request, user_id)
    people.reactivate(membership, by=request.principal)
    messages.success(request, _("%(name)s can open this brand again.") % {"name": membership.user})
    return redirect("person", brand_slug=request.brand.slug, user_id=user_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_installation_admin
@confirming.confirmed
def close(request: BrandRequest, user_id: int) -> HttpResponse:
    """The whole account, in every brand."""
    membership = _membership(request, user_id)
    people.require_other(membership.user, by=request.principal)
    if request.method == "POST":
        people.close_account(membership.user, by=request.principal)
        messages.success(request, _("The account of %(name)s is closed.") % {"name": membership.user})
        return redirect("person", brand_slug=request.brand.slug, user_id=user_id)
    context = {**frame("people"), "membership": membership, "person": membership.user}
    return render(request, "people/close.html", context)


@require_POST
@requires_installation_admin
def reopen(request: BrandRequest, user_id: int) -> HttpResponse:
    membership = _membership(request, user_id)
    people.reopen_account(membership.user, by=request.principal)
    messages.success(request, _("The account of %(name)s is open again.") % {"name": membership.user})
    return redirect("person", brand_slug=request.brand.slug, user_id=user_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_installation_admin
@confirming.confirmed
def erase(request: BrandRequest, user_id: int) -> HttpResponse:
    """Remove name and address for good."""
    membership = _membership(request, user_id)
    people.require_other(membership.user, by=request.principal)
    if request.method == "POST":
        erasure.erase(membership.user, by=request.principal)
        messages.success(request, _("The personal data was removed."))
        return redirect("person", brand_slug=request.brand.slug, user_id=user_id)
    context = {**frame("people"), "membership": membership, "person": membership.user}
    return render(request, "people/erase.html", context)


class HandoverForm(forms.Form):
    """Whose the reviews become: "user-12", "group-3", or nobody's in particular; an address counts first."""

    _named: list[User] = []

    to = forms.ChoiceField(required=False)
    address = forms.CharField(
        required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: object, *, brand: Brand, leaving: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._others = people_choice.active(brand).exclude(user=leaving)
        listed = people_choice.listed(self._others)
        self._people = {f"user-{user.pk}": user for user in listed.people}
        self._groups = {f"group-{group.pk}": group for group in groups.of_brand(brand)}
        self.fields["to"].label = _("Hand their open work to")
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Leave it to everyone with the role")),
            (_("Groups"), [(key, group.name) for key, group in self._groups.items()]),
            (
                _("People"),
                [(key, str(user)) for key, user in self._people.items()],
            ),
        ]
        if listed.more:
            self.fields["address"].label = _("Or to someone who isn't listed")
            self.fields["address"].help_text = _("Their email address.")
        else:
            del self.fields["address"]

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        try:
            self._named = people_choice.named(self._others, address)
            if len(self._named) > 1:
                raise people_choice.NotHere(_("Name one person."))
        except people_choice.NotHere as problem:
            raise forms.ValidationError(problem.message) from problem
        return address

    def heir(self) -> Heir | None:
        chosen = self.cleaned_data["to"]
        if self._named:
            return self._named[0]
        return self._people.get(chosen) or self._groups.get(chosen)


def frame(section: str) -> dict[str, str]:
    """What each page of the administration needs."""
    return {"area": "administration", "section": section}


def _waiting(request: BrandRequest, membership: Membership) -> dict[str, Any]:
    """How much waits for a person; and what, for whoever may see clips that aren't released."""
    if not membership.is_active:
        return {"waiting": [], "waiting_count": 0}
    member = Member(membership.user, request.brand, membership.given)
    shown = request.principal.can(Capability.VIEW_UNRELEASED)
    return {
        "waiting": handover.waiting_for(member, most=10) if shown else [],
        "waiting_count": handover.count(member),
    }


def _found(brand: Brand, *, words: str, state: str, role: str) -> QuerySet[Membership]:
    rows = Membership.everyone.filter(brand=brand).select_related("user", "custom_role")
    if state == "active":
        rows = rows.filter(deactivated_at=None, user__is_active=True)
    elif state == "deactivated":
        rows = rows.filter(Q(deactivated_at__isnull=False) | Q(user__is_active=False))
    if role:
        rows = rows.filter(**roles.columns(roles.named(brand, role)))
    if len(words) > LONGEST_SEARCH:
        return rows.none()
    for word in words.split():
        rows = rows.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    of_brand = Prefetch("user__people_groups", Group.objects.filter(brand=brand), to_attr="groups_here")
    return rows.prefetch_related(of_brand)


def _open_invitations(brand: Brand) -> int:
    return Invitation.objects.filter(brand=brand, accepted_at=None, revoked_at=None).count()


def _membership(request: BrandRequest, user_id: int) -> Membership:
    """Of somebody who is or was in this brand."""
    if user_id > 2**62:
        raise Http404
    rows = Membership.everyone.select_related("user", "brand", "custom_role")
    return get_object_or_404(rows, brand=request.brand, user=user_id)
