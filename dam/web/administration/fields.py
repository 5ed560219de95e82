"""Administration → Fields: which fields clips of the brand have."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.core import numbers
from dam.core.language import number
from dam.custom_fields import adding_sets, clip_kinds, fields, ready_made, schema
from dam.custom_fields.definitions import Field, Kind, Schema
from dam.custom_fields.models import KINDS, CustomField
from dam.custom_fields.planning import FieldRefused
from dam.custom_fields.schema import NONE
from dam.web import edited_meanwhile
from dam.web.administration.field_forms import FieldForm
from dam.web.decorators import BrandRequest, requires

PAGE = {"area": "administration", "section": "fields"}


@dataclass(frozen=True)
class KindWords:
    kind: Kind
    icon: str
    help: str | Promise

    @property
    def title(self) -> str:
        return str(KINDS[self.kind])


KIND_WORDS = (
    KindWords(Kind.TEXT, "type", gettext_lazy("Words of any kind, found by the search.")),
    KindWords(Kind.CHOICE, "circle-dot", gettext_lazy("One of a list of options.")),
    KindWords(Kind.MULTI_CHOICE, "list-checks", gettext_lazy("Any number of a list of options.")),
    KindWords(Kind.NUMBER, "hash", gettext_lazy("A number, also with decimals. Searched for by ranges.")),
    KindWords(Kind.DATE, "calendar", gettext_lazy("A day, such as that of a shooting.")),
    KindWords(Kind.PERSON, "user", gettext_lazy("Someone who works in this brand.")),
    KindWords(Kind.LINK, "link", gettext_lazy("An address on the web: a ticket, a contract.")),
    KindWords(Kind.YES_NO, "toggle-left", gettext_lazy("A question with two answers.")),
)


@dataclass(frozen=True)
class Line:
    """A field in the list."""

    field: Field
    other: str  # the title of what it depends on

    @property
    def kind(self) -> str:
        return str(KINDS[self.field.kind])

    @property
    def clip_kinds(self) -> str:
        return clip_kinds.said(self.field.clip_kinds)


@require_safe
@requires(Capability.MANAGE_FIELDS)
def listing(request: BrandRequest) -> HttpResponse:
    known = schema.read(request.brand.pk)
    lines = [_line(each, known) for each in known.fields]
    context = {
        **PAGE,
        "sets": () if known else ready_made.SETS,
        "added_sets": adding_sets.taken_back(request.brand) if known else (),
        "in_use": [line for line in lines if not line.field.retired],
        "retired": [line for line in lines if line.field.retired],
        "kinds": KIND_WORDS,
    }
    return render(request, "administration/fields.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_FIELDS)
def add(request: BrandRequest) -> HttpResponse:
    """A new field; of which kind the address says."""
    asked = request.GET.get("kind", "")
    if asked not in set(Kind):
        return render(request, "administration/field_kinds.html", {**PAGE, "kinds": KIND_WORDS})
    kind = Kind(asked)
    sent = request.POST if request.method == "POST" else None
    form = FieldForm(sent, kind=kind, known=schema.read(request.brand.pk), field=None)
    if sent is not None and form.is_valid():
        try:
            row = fields.make(form.wish, kind=kind, by=request.principal, key=form.cleaned_data["key"])
        except FieldRefused as refused:
            form.add_error(form.place_of(refused.where), refused.message)
        else:
            messages.success(request, _("The field %(name)s is there now.") % {"name": row.title})
            return redirect("fields", request.brand.slug)
    return _form_page(request, form, kind=kind)


@require_safe
@requires(Capability.MANAGE_FIELDS)
def sets(request: BrandRequest) -> HttpResponse:
    """The ready-made sets, each with how much of it the brand hasn't yet."""
    offered = [
        (each, sum(field.is_new for field in planned)) for each, planned in adding_sets.plans(request.brand)
    ]
    return render(request, "administration/field_sets.html", {**PAGE, "sets": offered})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_FIELDS)
def add_set(request: BrandRequest, name: str) -> HttpResponse:
    """What a set would add, and what is there already; sent, it is added."""
    wanted = ready_made.find(name)
    if wanted is None:
        raise Http404(_("Page not found."))
    if request.method == "POST":
        try:
            made = sum(each.is_new for each in adding_sets.add(wanted, by=request.principal))
        except (adding_sets.NothingToAdd, FieldRefused) as refused:
            messages.error(request, refused.message)
        else:
            told = ngettext("%(count)s field added.", "%(count)s fields added.", made)
            messages.success(request, told % {"count": number(made)})
            return redirect("fields", request.brand.slug)
    planned = adding_sets.plan(wanted, request.brand)
    context = {
        **PAGE,
        "set": wanted,
        "new": [_line(each.field, NONE) for each in planned if each.is_new],
        "there": [(_line(each.field, NONE), each.there) for each in planned if each.there],
    }
    return render(request, "administration/field_set.html", context)


@require_POST
@requires(Capability.MANAGE_FIELDS)
def undo_set(request: BrandRequest) -> HttpResponse:
    """Take a set back that was added, while no clip has anything in its fields."""
    sequence = numbers.read(request.POST.get("event", ""))
    try:
        back = adding_sets.take_back(-1 if sequence is None else sequence, by=request.principal)
    except adding_sets.NotTakenBack as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, _("Undone. The fields of “%(set)s” are gone.") % {"set": back.title})
    return redirect("fields", request.brand.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_FIELDS)
def edit(request: BrandRequest, number: int) -> HttpResponse:
    row = _row(request, number)
    known = schema.read(request.brand.pk)
    field = known[row.key]
    sent = request.POST if request.method == "POST" else None
    form = FieldForm(sent, kind=field.kind, known=known, field=field, revision=row.revision)
    if sent is not None and not sent.get("move") and form.is_valid():
        try:
            fields.edit(row, form.wish, by=request.principal, revision=form.cleaned_data["revision"])
        except FieldRefused as refused:
            form.add_error(form.place_of(refused.where), refused.message)
        except fields.FieldChanged as changed:
            form.add_error(None, _("%(words)s Save again to use yours.") % {"words": changed.message})
            edited_meanwhile.take_revision(form, CustomField.objects.get(pk=row.pk).revision)
        else:
            messages.success(request, _("The field %(name)s is saved.") % {"name": form.wish.title})
            return redirect("fields", request.brand.slug)
    return _form_page(request, form, kind=field.kind, row=row, field=field)


@require_POST
@requires(Capability.MANAGE_FIELDS)
def act(request: BrandRequest, number: int, act: str) -> HttpResponse:
    """Retire a field, restore it, or move it up or down."""
    row = _row(request, number)
    try:
        match act:
            case "retire":
                fields.retire(row, by=request.principal)
                told = _("The field %(name)s is retired. Clips keep what they have in it.")
            case "restore":
                fields.restore(row, by=request.principal)
                told = _("The field %(name)s is back.")
            case "up" | "down":
                fields.move(row.key, up=act == "up", by=request.principal)
                told = ""
            case _:
                raise Http404(_("Page not found."))
    except FieldRefused as refused:
        messages.error(request, refused.message)
    else:
        if told:
            messages.success(request, told % {"name": row.title})
    return redirect("fields", request.brand.slug)


def _line(field: Field, known: Schema) -> Line:
    other = known.get(field.depends_on)
    return Line(field, other=other.title if other else "")


def _row(request: BrandRequest, number: int) -> CustomField:
    row = CustomField.objects.select_related("brand").filter(brand=request.brand, pk=number).first()
    if row is None:
        raise Http404(_("This field doesn't exist."))
    return row


def _form_page(request: BrandRequest, form: FieldForm, **context: Any) -> HttpResponse:
    context = {**PAGE, "form": form, "kind_title": KINDS[form.kind], **context}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "administration/field_form.html", context, status=status)
