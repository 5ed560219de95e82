"""A clip's licence, holder, credit line and the like on its tab of rights: shown, changed and taken back."""

from dataclasses import asdict
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core.errors import Refused
from dam.core.lazily import lazy
from dam.rights import statements
from dam.rights.statements import ChangedMeanwhile, Statements, TooLong
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment
from dam.web.whole_text import WholeTextForm

SEEN = "seen-"


class StatementsForm(WholeTextForm):
    licence = forms.CharField(
        required=False, label=lazy("Licence"), help_text=lazy("Its name and number, or where it's filed.")
    )
    rights_holder = forms.CharField(required=False, label=lazy("Rights holder"))
    credit_line = forms.CharField(
        required=False,
        label=lazy("Credit line"),
        help_text=lazy("What must be printed with it. For example: © Northwind, photo: Ada Example."),
    )
    exclusivity = forms.CharField(
        required=False,
        label=lazy("Exclusivity"),
        help_text=lazy("For example: exclusive for soft drinks until the end of 2027."),
    )
    channels = forms.CharField(
        required=False,
        label=lazy("Channels and media"),
        help_text=lazy("For example: own website and Instagram, no print."),
    )
    audience = forms.CharField(
        required=False, label=lazy("Audience"), help_text=lazy("For example: adults only.")
    )
    restriction = forms.CharField(
        required=False, label=lazy("Restriction"), help_text=lazy("For example: not for paid advertising.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW_UNRELEASED)
def edit(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The form, in its place on the tab or on a page of its own; what it sends is kept.

    `seen-<name>` is what each said when the form was made; `undo` takes back what was saved last.
    """
    version = asset_version.find(request, asset_id)
    by, part = request.principal, is_fragment(request)
    if not (by.can(Capability.EDIT) or by.can(Capability.DECIDE_LEGAL)):
        raise PermissionDenied(by.refusal(Capability.EDIT))
    now = statements.of(version)
    form = StatementsForm(request.POST if request.method == "POST" else None, initial=asdict(now))
    seen = _seen(request) if request.method == "POST" else now
    if request.method == "POST" and form.is_valid():
        try:
            changed = statements.edit(version, Statements(**form.cleaned_data), seen=seen, by=by)
        except TooLong as refused:
            for name, problem in refused.problems.items():
                form.add_error(name, problem)
        except ChangedMeanwhile as refused:
            form.add_error(None, refused.message)
            for name, text in asdict(refused.now).items():
                if text != getattr(seen, name):
                    form.add_error(
                        name, _("It now says: %(text)s") % {"text": text} if text else _("It's empty now.")
                    )
            seen = refused.now
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return _saved(request, asset_id, before=seen if changed else None, part=part)
    shown = {
        "area": "library",
        "asset": version.asset,
        "version": version,
        "form": form,
        "seen": [(SEEN + name, text) for name, text in asdict(seen).items()],
        "back": asset_version.address(version, tab="rights"),
    }
    template = "assets/_statements_form.html" if part else "assets/statements.html"
    return render(request, template, shown, status=422 if form.errors else 200)


def context(version: Version, *, by: Principal) -> dict[str, object]:
    """What assets/_statements.html takes besides the clip."""
    stated = statements.of(version)
    rows = [(StatementsForm.base_fields[name].label, text) for name, text in asdict(stated).items()]
    return {
        "statements": [row for row in rows if row[1]],
        "may_state": by.can(Capability.VIEW_UNRELEASED) and statements.may_edit(version, by=by),
    }


def told_beside(version: Version) -> list[tuple[str, str]]:
    """What stands beside its released file: what must be printed with it, and what is forbidden."""
    stated = statements.of(version)
    rows = (
        (_("Credit line"), stated.credit_line),
        (_("Exclusivity"), stated.exclusivity),
        (_("Restriction"), stated.restriction),
    )
    return [row for row in rows if row[1]]


def _saved(request: BrandRequest, asset_id: UUID, *, before: Statements | None, part: bool) -> HttpResponse:
    version = asset_version.find(request, asset_id)
    if not part:
        messages.success(request, _("Saved."))
        return redirect(asset_version.address(version, tab="rights"))
    now = asdict(statements.of(version))
    undo = [] if before is None or "undo" in request.POST else [*asdict(before).items()]
    undo += [(SEEN + name, text) for name, text in now.items()] if undo else []
    page = {"asset": version.asset, "version": version, "stated": True, "undo_statements": undo}
    return render(request, "assets/_statements.html", page | context(version, by=request.principal))


def _seen(request: BrandRequest) -> Statements:
    return Statements(**{name: request.POST.get(SEEN + name, "") for name in statements.LONGEST})
