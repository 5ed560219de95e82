"""The tabs of the Generate page and their slots: what may stand there, and what is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Asset, AssetKind, Version
from dam.ingest import next_versions
from dam.rights.visibility import shown, visible_assets, visible_versions
from dam.search import query, titles
from dam.web.decorators import BrandRequest, requires
from generation import sources
from generation.briefs import Source
from generation.generators import modes
from generation.generators.base import Capabilities
from generation.generators.modes import MODES, Mode, Slot
from generation.web.forms import Begun, BriefForm

MOST_OFFERED = 6


@dataclass(frozen=True)
class Tab:
    mode: Mode
    label: str
    help: str
    icon: str
    current: bool
    off: str  # why it can't be chosen, or empty


@dataclass(frozen=True)
class Offer:
    """What may stand in a slot; what is chosen comes first, whether it was found or not."""

    versions: tuple[Version, ...]
    found: bool  # whether anything was
    most: int | None  # how many were looked up, where there are more


@dataclass(frozen=True)
class SlotField:
    """A slot with what is chosen and what else is offered."""

    role: str
    label: str
    name: str
    required: bool
    moment: str  # the label of its time, or empty
    at_name: str
    at: str
    chosen: UUID | None
    offered: Offer
    errors: tuple[str, ...]
    typed: str = ""


def tabs(form: BriefForm, capabilities: Capabilities, asset: Asset | None = None) -> tuple[Tab, ...]:
    """`asset` is what the take becomes the next version of."""

    def off(mode: Mode) -> str:
        if mode not in capabilities.modes:
            said, near = _("This model can't do that."), modes.nearest(mode, capabilities.modes)
            return f"{said} {_(near)}" if near else said
        if asset is not None and asset.latest is not None and asset.latest.kind != MODES[mode].makes:
            return str(next_versions.OTHER_KIND[AssetKind(asset.latest.kind)])
        return ""

    return tuple(
        Tab(mode, _(facts.label), _(facts.help), facts.icon, mode is form.begins, off(mode))
        for mode, facts in MODES.items()
    )


def fields(form: BriefForm, *, by: Principal, words: Sequence[str] = ()) -> tuple[SlotField, ...]:
    """The slots of the form's mode, with what is found by the words that were typed in each."""
    slots = modes.slots(form.begins)
    return tuple(
        _field(form, slot, typed=query.tidy(typed or ""), by=by)
        for slot, typed in zip_longest(slots, words[: len(slots)])
    )


def _field(form: BriefForm, slot: Slot, *, typed: str, by: Principal) -> SlotField:
    name, at_name = f"source_{slot.role}", f"at_{slot.role}"
    bound = form[name]
    chosen = _uuid(str(bound.value() or ""))
    errors = [*bound.errors, *(form[at_name].errors if slot.moment else [])]
    at = form[at_name].value() if slot.moment else None
    return SlotField(
        role=slot.role,
        label=_(slot.label),
        name=name,
        required=slot.required,
        moment=_(slot.moment) if slot.moment else "",
        at_name=at_name,
        at="" if at is None else str(at),
        chosen=chosen,
        offered=offer(by, slot, typed=typed, chosen=chosen),
        errors=tuple(map(str, errors)),
        typed=typed,
    )


@requires(Capability.GENERATE)
@require_GET
def offered(request: BrandRequest) -> HttpResponse:
    """What is found for a slot by the words that are typed there."""
    mode, role = _mode(request.GET.get("mode")), request.GET.get("role", "")
    slot = next((slot for slot in modes.slots(mode) if slot.role == role), None)
    if slot is None:
        raise Http404
    typed = query.tidy(request.GET.get("words", ""))
    chosen = _uuid(request.GET.get(f"source_{role}", ""))
    context = {
        "name": f"source_{role}",
        "required": slot.required,
        "chosen": chosen,
        "typed": typed,
        "offered": offer(request.principal, slot, typed=typed, chosen=chosen),
    }
    return render(request, "generate/_offered.html", {"slot": context})


def offer(by: Principal, slot: Slot, *, typed: str = "", chosen: UUID | None = None) -> Offer:
    """The newest clips that may stand there, or those with these words in their title. Three queries."""
    kinds = [kind.value for kind in slot.takes]
    clips = visible_assets(by).filter(**{f"{shown(by)}__kind__in": kinds})
    clips = titles.with_words(clips, typed) if typed else clips.order_by("-created_at", "-pk")
    newest = list(clips.values_list(shown(by), flat=True)[: MOST_OFFERED + 1])
    keys = dict.fromkeys([*([chosen] if chosen else []), *newest[:MOST_OFFERED]])
    rows = visible_versions(by).filter(pk__in=keys, kind__in=list(sources.KINDS))
    found = {each.pk: each for each in rows.select_related("asset").prefetch_related("renditions")}
    return Offer(
        versions=tuple(found[key] for key in keys if key in found),
        found=bool(newest),
        most=MOST_OFFERED if len(newest) > MOST_OFFERED else None,
    )


def begun(request: BrandRequest) -> Begun | None:
    """What the address says that a brief begins with: `mode`, versions by their roles, and what was typed.

    `source` stands for the first slot, so that a link needn't know its name. None where it says nothing.
    """
    if "mode" not in request.GET:
        return None
    mode = _mode(request.GET["mode"])
    named = {slot.role: _uuid(request.GET.get(f"source_{slot.role}", "")) for slot in modes.slots(mode)}
    for role in list(named)[:1]:
        named[role] = named[role] or _uuid(request.GET.get("source", ""))
    found = sources.find(request.principal, [key for key in named.values() if key])
    made: list[Source] = []
    for slot in modes.slots(mode):
        version = found.get(named[slot.role] or UUID(int=0))
        source = sources.of_version(version, role=slot.role) if version is not None else None
        if source is not None and source.kind in slot.takes:
            made.append(source)
    return Begun(mode=mode, sources=tuple(made), typed=request.GET.dict())


def _mode(text: str | None) -> Mode:
    try:
        return Mode(text or Mode.TEXT)
    except ValueError:
        raise Http404 from None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
