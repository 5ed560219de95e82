"""The tab of rights on a clip's page: its terms, what it was made from, and what was made from it."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.accounts.times import here
from dam.catalog.models import Version
from dam.core import language, numbers
from dam.core.errors import Refused
from dam.rights import making, policy, terms, territories
from dam.rights.making import Link, NotMadeFrom
from dam.rights.model_licences import made_with, records
from dam.rights.model_licences.models import ModelRecord
from dam.rights.models import Relation
from dam.rights.policy import Terms
from dam.rights.visibility import shown, visible_assets, visible_versions
from dam.search import query, titles
from dam.web import asset_version, consents, renewals, rights_question, rights_statements, usage_status
from dam.web.decorators import BrandRequest, requires
from dam.web.htmx import is_fragment

MOST_FOUND = 8
MOST_MADE = 50
_ADDRESS = re.compile(r"/assets/([0-9a-f-]{36})/(?:\?(?:.*&)?version=([0-9]{1,6}))?")


@dataclass(frozen=True)
class Row:
    """One clip of a list; `version` is None where it can't be seen. `fine`: nothing speaks against it now."""

    version: Version | None
    name: str
    relation: str
    line: str
    fine: bool
    record_id: int = 0


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def change(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """`source`, a version, and `relation` add one; `remove` is the record that goes."""
    version = asset_version.find(request, asset_id)
    problem, undo = "", None
    try:
        if "remove" in request.POST:
            undo = making.remove(version, numbers.read(request.POST["remove"]) or 0, by=request.principal)
        else:
            making.add(version, _source(request), relation=_relation(request), by=request.principal)
    except Refused as refused:
        problem = refused.message
    if is_fragment(request, target="panel"):
        found = asset_version.find(request, asset_id)
        page = {"asset": found.asset, "version": found, "tab": "rights", "rights_problem": problem}
        page |= context(request, found) | {"undo": undo if undo and undo.source_id else None}
        return render(request, "assets/_panel.html", page, status=422 if problem else 200)
    if problem:
        messages.error(request, problem)
    return redirect(asset_version.address(version, tab="rights"))


def context(request: BrandRequest, version: Version) -> dict[str, object]:
    """What assets/_rights.html takes besides the clip."""
    by, at = request.principal, here(request.brand)
    known = terms.of(version)
    made, count = making.used_in(version, by=by, most=MOST_MADE)
    typed = query.tidy(request.GET.get("source", ""))
    found = _find(request, version, typed) if by.can(Capability.EDIT) and typed else []
    sources = making.sources(version, by=by) if known.inherited else ()
    told = making.knows_hidden(by)
    models = made_with.models_of(version) if told else []
    return (
        renewals.context(version, by=by)
        | rights_statements.context(version, by=by)
        | consents.context(version, by=by, at=at)
        | rights_question.context(request, version, known=known, sources=sources)
        | {
            "own_terms": _facts(terms.own(version), at=at) if known.approval == "approved" else (),
            "whole": usage_status.of(origin=version.origin, terms=known, at=at, sources=sources),
            "made_from": _rows(version, by=by, at=at),
            "made_with": _models(version, models),
            "removable": making.may_remove(version, by=by),
            "used_in": [_made(each, at=at) for each in made],
            "used_in_count": count,
            "used_in_more": making.MOST_COUNTED if count > making.MOST_COUNTED else None,
            "relations": Relation.choices,
            "typed_source": typed,
            "found_sources": found[:MOST_FOUND],
            "found_most": MOST_FOUND if len(found) > MOST_FOUND else None,
        }
    )


def _models(version: Version, models: list[ModelRecord]) -> list[tuple[str, tuple[str, ...], bool]]:
    """Name of each model that made it, what its licence means for the brand, and whether that is cleared."""
    answers = [(str(each), records.answer_of(each, version.brand).verdict) for each in models]
    return [(name, verdict.reasons, verdict.cleared) for name, verdict in answers]


def _rows(version: Version, *, by: Principal, at: datetime) -> list[Row]:
    """One line stands for all clips that they may know nothing of, however many these are."""
    found = making.links(version, by=by)
    told = [each for each in found if each.version or each.gone or making.knows_hidden(by)]
    rows = [_row(each, at=at) for each in told]
    if hidden := [each for each in found if each not in told]:
        fine = all(_row(each, at=at).fine for each in hidden)
        line = "" if fine else _("Because of them it can't be used now.")
        rows.append(Row(version=None, name=_("Clips you can't see"), relation="", line=line, fine=fine))
    return rows


def _row(link: Link, *, at: datetime) -> Row:
    if link.terms is None:
        name, line, fine = _("A clip that was deleted"), _("Its terms are no longer known."), False
    else:
        name = link.version.asset.title if link.version else _("A clip you can't see")
        line, fine = _line(link.terms, at=at)
    return Row(
        version=link.version,
        name=name,
        relation=link.record.get_relation_display(),
        line=line,
        fine=fine,
        record_id=link.record.pk,
    )


def _made(version: Version, *, at: datetime) -> Row:
    line, fine = _line(terms.of(version), at=at)
    return Row(version=version, name=version.asset.title, relation="", line=line, fine=fine)


def _line(known: Terms, *, at: datetime) -> tuple[str, bool]:
    """What a clip may do, in a sentence; and whether anything stops what is made from it."""
    verdict = policy.decide(known, at=at)
    if verdict.allowed:
        return usage_status.of(origin="", terms=known, at=at).answer, True
    return " ".join(verdict.reasons), known.approval != "approved" and not policy.holds_back(known, at=at)


def _facts(own: Terms, *, at: datetime) -> tuple[tuple[str, str], ...]:
    def day(moment: datetime) -> str:
        local = moment.astimezone(at.tzinfo)
        return f"{language.day(local)}, {local:%H:%M %Z}"

    facts = [
        (_("Uses"), usage_status.name_uses(own.uses) or _("None")),
        (_("Territories"), territories.describe(own.territories) or _("None")),
    ]
    if own.embargo_until is not None:
        facts.append((_("First day of use"), day(own.embargo_until)))
    facts.append((_("Cleared until"), day(own.valid_until) if own.valid_until else _("No end date")))
    return tuple(facts)


def _find(request: BrandRequest, version: Version, typed: str) -> list[Version]:
    """By the address of a clip's page, else the newest with all of these words in their title.

    One more than are shown, if there are more.
    """
    principal = request.principal
    if (named := _ADDRESS.search(typed)) is not None:
        try:
            rows = visible_versions(principal).filter(asset=UUID(named[1]))
        except ValueError:
            return []
        rows = rows.filter(number=named[2]) if named[2] else rows.filter(latest_of__isnull=False)
        return list(rows.select_related("asset"))
    clips = titles.with_words(visible_assets(principal).exclude(pk=version.asset_id), typed)
    keys = list(clips.values_list(shown(principal), flat=True)[: MOST_FOUND + 1])
    rows = visible_versions(principal).filter(pk__in=keys).select_related("asset")
    return list(rows.order_by("-asset__created_at", "-asset_id"))


def _source(request: BrandRequest) -> Version:
    unknown = NotMadeFrom(_("There's no such clip here."), code="no_source")
    try:
        key = UUID(request.POST.get("source", ""))
    except ValueError:
        raise unknown from None
    found = visible_versions(request.principal).filter(pk=key).select_related("asset__brand", "brand").first()
    if found is None:
        raise unknown
    return found


def _relation(request: BrandRequest) -> Relation:
    try:
        return Relation(request.POST.get("relation", ""))
    except ValueError:
        raise NotMadeFrom(_("Choose how the clip was used."), code="no_relation") from None
