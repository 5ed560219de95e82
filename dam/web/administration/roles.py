"""Administration → Roles: who may do what, and the roles that the brand has made for itself."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from dam.access import custom_roles
from dam.accounts import members, roles
from dam.accounts.capabilities import Capability
from dam.accounts.models import CustomRole, Membership
from dam.accounts.roles import Choice
from dam.web import edited_meanwhile
from dam.web.administration.capability_words import GROUPS, Words
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm

PAGE = {"area": "administration", "section": "roles"}


@dataclass(frozen=True)
class Column:
    """A role at the head of the matrix; `number` is that of a brand's own."""

    choice: Choice
    people: int
    number: int | None = None
    refusal: str = ""  # why whoever asks can't change it


@dataclass(frozen=True)
class Line:
    """A capability and, for each column, whether its role has it."""

    words: Words
    able: tuple[tuple[str | Promise, bool], ...]


class RoleForm(WholeTextForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=CustomRole.LONGEST_NAME)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=custom_roles.LONGEST_DESCRIPTION,
        help_text=gettext_lazy("What people with this role do. It's shown where a role is chosen."),
    )
    able = forms.MultipleChoiceField(
        required=False, choices=[(each.value, each.value) for each in Capability]
    )
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())

    @property
    def wanted(self) -> list[Capability]:
        return [Capability(each) for each in self.cleaned_data["able"]]


@require_safe
@requires(Capability.MANAGE_PEOPLE)
def matrix(request: BrandRequest) -> HttpResponse:
    columns = _columns(request)
    groups = [
        (
            group.title,
            [
                Line(
                    words, tuple((c.choice.name, words.capability in c.choice.capabilities) for c in columns)
                )
                for words in group.rows
            ],
        )
        for group in GROUPS
    ]
    own = [column for column in columns if column.number]
    return render(
        request, "administration/roles.html", {**PAGE, "columns": columns, "groups": groups, "own": own}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def add(request: BrandRequest) -> HttpResponse:
    """A new role; with ?like=KEY it begins with what that one allows."""
    like = _like(request)
    initial = {"able": [each.value for each in like.capabilities]} if like else {"able": ["view"]}
    form = RoleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            role = custom_roles.make(by=request.principal, **_given(form))
        except custom_roles.RoleRefused as refused:
            form.add_error(_field(refused), refused.message)
        else:
            messages.success(request, _("The role %(name)s can now be given.") % {"name": role.name})
            return redirect("roles", request.brand.slug)
    return _form_page(request, form, like=like)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def edit(request: BrandRequest, number: int) -> HttpResponse:
    role = _role(request, number)
    initial = {
        "name": role.name,
        "description": role.description,
        "able": role.capabilities,
        "revision": role.revision,
    }
    refusal = custom_roles.refusal_to_change(role, by=request.principal)
    form = RoleForm(request.POST if request.method == "POST" else None, initial=initial)
    changed = None
    if request.method == "POST" and form.is_valid():
        try:
            custom_roles.edit(
                role, by=request.principal, revision=form.cleaned_data["revision"] or 0, **_given(form)
            )
        except (custom_roles.RoleRefused, members.LastAdministrator) as refused:
            form.add_error(_field(refused), refused.message)
        except custom_roles.RoleChanged as problem:
            form.add_error(None, problem.message)
            changed = problem.now
            edited_meanwhile.take_revision(form, changed.revision)
        else:
            messages.success(request, _("The role %(name)s is saved.") % {"name": form.cleaned_data["name"]})
            return redirect("roles", request.brand.slug)
    return _form_page(request, form, role=role, refusal=refusal, changed=changed)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def retire(request: BrandRequest, number: int) -> HttpResponse:
    """Ask which role its people get instead, and give it to them."""
    role = _role(request, number)
    choices = [each for each in roles.to_give(request.principal) if each.key != roles.key(role.value)]
    problem = ""
    if request.method == "POST":
        try:
            successor = roles.named(request.brand, request.POST.get("successor", ""))
            moved = custom_roles.retire(role, by=request.principal, successor=successor)
        except (roles.UnknownRole, custom_roles.RoleRefused, members.LastAdministrator) as refused:
            problem = refused.message
        else:
            messages.success(
                request,
                ngettext(
                    "The role %(name)s is retired. %(people)s person has the role %(successor)s now.",
                    "The role %(name)s is retired. %(people)s people have the role %(successor)s now.",
                    moved,
                )
                % {"name": role.name, "people": moved, "successor": roles.name(successor)},
            )
            return redirect("roles", request.brand.slug)
    context = {
        **PAGE,
        "role": role,
        "people": Membership.objects.filter(custom_role=role, user__is_active=True).count(),
        "choices": choices,
        "problem": problem,
        "refusal": custom_roles.refusal_to_change(role, by=request.principal),
    }
    status = 422 if problem else 200
    return render(request, "administration/role_retire.html", context, status=status)


def _columns(request: BrandRequest) -> list[Column]:
    counts = dict(
        Membership.objects.filter(brand=request.brand, user__is_active=True)
        .values_list("role")
        .annotate(people=Count("pk"))
        .values_list("role", "people")
    )
    rows = {
        roles.key(row.value): row
        for row in CustomRole.objects.filter(brand=request.brand, retired_at=None).annotate(
            people=Count(
                "memberships", Q(memberships__deactivated_at=None, memberships__user__is_active=True)
            )
        )
    }
    return [_column(request, choice, counts, rows.get(choice.key)) for choice in roles.choices(request.brand)]


def _column(request: BrandRequest, choice: Choice, counts: dict[str, int], row: Any) -> Column:
    if row is None:
        return Column(choice, people=counts.get(choice.key, 0))
    refusal = custom_roles.refusal_to_change(row, by=request.principal)
    return Column(choice, people=row.people, number=row.pk, refusal=refusal)


def _role(request: BrandRequest, number: int) -> CustomRole:
    row = (
        CustomRole.objects.select_related("brand")
        .filter(brand=request.brand, pk=number, retired_at=None)
        .first()
    )
    if row is None:
        raise Http404(_("This role doesn't exist, or has been retired."))
    return row


def _like(request: BrandRequest) -> Choice | None:
    wanted = request.GET.get("like", "")
    return next((each for each in roles.choices(request.brand) if each.key == wanted), None)


def _given(form: RoleForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {"name": data["name"], "description": data["description"], "able": form.wanted}


def _field(refused: Exception) -> str | None:
    code = getattr(refused, "code", "")
    return {"description_too_long": "description"}.get(code, "name" if "name" in code else None)


def _form_page(request: BrandRequest, form: RoleForm, **context: Any) -> HttpResponse:
    """The boxes of what this person can't put into a role are there and can't be ticked."""
    ticked = set(form["able"].value() or ())
    beyond = set(roles.beyond(request.principal, list(Capability)))
    boxes = [
        (
            group.title,
            [(words, words.capability.value in ticked, words.capability in beyond) for words in group.rows],
        )
        for group in GROUPS
    ]
    role = context.get("role")
    people = (
        Membership.objects.filter(custom_role=role, user__is_active=True).count() if role is not None else 0
    )
    context = {**PAGE, "form": form, "boxes": boxes, "people": people, **context}
    return render(request, "administration/role_form.html", context, status=422 if form.errors else 200)
