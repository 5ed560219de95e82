"""A clip's licence, holder, credit line and the like on its tab of rights: shown, changed and taken back."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core.errors import Refused
from dam.rights import presets, statements
from dam.rights.models import RightsPreset
from dam.rights.presets import Chosen
from dam.rights.statements import ChangedMeanwhile, Statements, TooLong
from dam.web import asset_version, rights_presets
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment
from dam.web.rights_presets import PresetFields
from dam.web.stated_fields import LABELS, StatedForm

SEEN = "seen-"


class StatementsForm(StatedForm):
    def __init__(self, *args: Any, offered: Sequence[RightsPreset] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.presets = PresetFields(self, offered) if offered else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.presets is not None:
            self.presets.clean()
        return cleaned

    def statements(self) -> Statements:
        """Of a form that is valid."""
        return Statements(**{name: self.cleaned_data[name] for name in statements.LONGEST})

    @property
    def chosen(self) -> Chosen | None:
        """The preset that filled it in, once the form was cleaned."""
        preset = self.presets.chosen if self.presets is not None else None
        if preset is None:
            return None
        wanted = self.statements()
        return presets.chosen(preset, changed=presets.terms_of(preset).filled(wanted) != wanted)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW_UNRELEASED)
def edit(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The form, in its place on the tab or on a page of its own; what it sends is kept.

    `fill` asks for the form with a preset's terms in it. `seen-<name>` is what each said when the form was
    made; `undo` takes back what was saved last.
    """
    version = asset_version.find(request, asset_id)
    by, part = request.principal, is_fragment(request)
    if not (by.can(Capability.EDIT) or by.can(Capability.DECIDE_LEGAL)):
        raise PermissionDenied(by.refusal(Capability.EDIT))
    now = statements.of(version)
    offered = [each for each in presets.of(request.brand) if presets.terms_of(each).states]
    posted = request.POST if request.method == "POST" else None
    form = StatementsForm(posted, initial=asdict(now), offered=offered)
    seen = _seen(request) if posted is not None else now
    filled_in = ""
    if posted is not None and rights_presets.FILL in posted:
        form, filled_in = _filled(form, posted, offered)
    elif posted is not None and form.is_valid():
        noted = {"preset": form.chosen.kept()} if form.chosen else None
        try:
            changed = statements.edit(version, form.statements(), seen=seen, by=by, noted=noted)
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
        "just_filled": filled_in,
        "seen": [(SEEN + name, text) for name, text in asdict(seen).items()],
        "back": asset_version.address(version, tab="rights"),
    }
    template = "assets/_statements_form.html" if part else "assets/statements.html"
    return render(request, template, shown, status=422 if form.errors else 200)


def _filled(
    form: StatementsForm, sent: QueryDict, offered: Sequence[RightsPreset]
) -> tuple[StatementsForm, str]:
    """The form with what was entered and what the preset says in its place; and the preset's name."""
    entered = rights_presets.entered(form, sent)
    preset = form.presets.wanted(sent) if form.presets is not None else None
    if preset is not None:
        entered |= {name: text for name, text in asdict(presets.terms_of(preset).stated).items() if text}
        entered |= rights_presets.choice(preset)
    return StatementsForm(initial=entered, offered=offered), preset.name if preset is not None else ""


def context(version: Version, *, by: Principal) -> dict[str, object]:
    """What assets/_statements.html takes besides the clip."""
    stated = statements.of(version)
    rows = [(LABELS[name], text) for name, text in asdict(stated).items()]
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
