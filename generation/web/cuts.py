"""Cuts: a person's list of them, putting one together, and how far it is."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import AssetKind, Version
from dam.core import numbers
from dam.core.errors import Refused
from dam.core.lazily import lazy
from dam.media import cutting, presets
from dam.media.presets import Shape
from dam.rights.visibility import shown, visible_assets, visible_versions
from dam.search import query, titles
from dam.web import row_pages, selection
from dam.web.decorators import BrandRequest, requires
from dam.web.row_pages import By
from generation.cuts import drafts, plans, work
from generation.cuts.drafts import CutMoved, Pieced
from generation.cuts.plans import CutRefused, Piece, Settings
from generation.models import Cut
from generation.states import CUT_LABELS, CUT_UNDER_WAY, CutState

PAGE, MOST_OFFERED = 30, 8
SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{0,9})?|\.[0-9]{1,9}")  # 1e999999999 would be worked out for ever
LAST_CHANGED_FIRST = (By("changed_at", datetime, descending=True), By("pk", UUID, descending=True))
SOUNDS = (AssetKind.SOUND.value,)
SHAPES = {
    Shape.ORIGINAL: lazy("As the first piece"),
    Shape.LANDSCAPE: lazy("Wide, 16:9"),
    Shape.SQUARE: lazy("Square, 1:1"),
    Shape.PORTRAIT: lazy("Upright, 9:16"),
    Shape.FEED: lazy("Upright, 4:5"),
}
TONES = {CutState.DONE: "tone-ok", CutState.FAILED: "tone-bad", CutState.RUNNING: "tone-info"}
RATE_NAMES = {"24000/1001": "23.976", "30000/1001": "29.97", "60000/1001": "59.94"}


@dataclass(frozen=True)
class Row:
    """A piece on the page; times in seconds as they are typed."""

    number: int
    piece: Piece
    version: Version | None
    begin: str
    until: str
    lasts: str
    x: str  # percent
    y: str
    seconds: float
    is_cropped: bool
    error: str
    start_ms: int  # for the player, in the middle of a frame
    until_ms: int


@requires(Capability.GENERATE)
@require_GET
def listing(request: BrandRequest) -> HttpResponse:
    page = row_pages.read(drafts.own(request.principal), LAST_CHANGED_FIRST, request=request, size=PAGE)
    keys = [cut.version_id for cut in page.rows if cut.version_id]
    seen = visible_versions(request.principal).in_bulk(keys)
    rows = [
        (
            cut,
            _(CUT_LABELS[CutState(cut.state)]),
            TONES.get(CutState(cut.state), ""),
            seen.get(cut.version_id),
        )
        for cut in page.rows
    ]
    any_open = any(cut.state in CUT_UNDER_WAY for cut in page.rows)
    context = {"area": "generate", "rows": rows, "page": page, "any_open": any_open}
    return render(request, "generate/cuts.html", context)


def _seen(request: BrandRequest, cut: Cut) -> Version | None:
    """The clip that came of it, while they see that."""
    return visible_versions(request.principal).filter(pk=cut.version_id).first() if cut.version_id else None


@requires(Capability.GENERATE)
@require_POST
def add(request: BrandRequest) -> HttpResponse:
    """A new draft, of the clips that were chosen, in their order."""
    by, keys = request.principal, selection.keys(request)
    assets = visible_assets(by).filter(pk__in=keys).values_list("pk", shown(by))
    latest = dict(assets)
    found = drafts.find(by, [latest[key] for key in keys if key in latest])
    versions = [found[latest[key]] for key in keys if key in latest and latest[key] in found]
    try:
        cut = drafts.create(by=by, versions=versions)
    except CutRefused as refused:
        messages.warning(request, refused.message)
        return redirect("cuts", brand_slug=request.brand.slug)
    if len(versions) < len(keys):
        messages.info(request, _("Only videos and images can be pieces of a cut. The others were left out."))
    return _to(request, cut)


@requires(Capability.GENERATE)
@require_http_methods(["GET", "POST"])
def one(request: BrandRequest, cut_id: UUID) -> HttpResponse:
    cut = _own(request, cut_id)
    if request.method == "GET" or cut.state != CutState.DRAFT:
        return _page(request, cut)
    try:
        _change(request, cut)
        if request.POST.get("do") == "make":
            work.start(cut, by=request.principal)
    except CutMoved as moved:
        cut.refresh_from_db()
        return _page(request, cut, refused=moved, status=409)
    except Refused as refused:
        return _page(request, cut, refused=refused, status=422)
    piece = request.POST.get("piece", "")
    return _to(request, cut, piece=piece if numbers.read(piece) is not None else "")


@requires(Capability.GENERATE)
@require_GET
def offers(request: BrandRequest, cut_id: UUID) -> HttpResponse:
    """What may be added or laid under it, by the words that are typed."""
    _own(request, cut_id)
    if "sounds" in request.GET:
        found = _offered(request, "sounds", SOUNDS)
        return render(request, "generate/_cut_sounds.html", {"sounds": found})
    return render(request, "generate/_cut_offers.html", {"offered": _offered(request, "words", drafts.KINDS)})


@requires(Capability.GENERATE)
@require_POST
def act(request: BrandRequest, cut_id: UUID) -> HttpResponse:
    """Cancel it, edit it again, copy it into a new draft, or delete it."""
    cut, by = _own(request, cut_id), request.principal
    try:
        match request.POST.get("do"):
            case "cancel":
                work.cancel(cut, by=by)
            case "edit":
                work.edit_again(cut, by=by)
            case "copy":
                cut = drafts.create(by=by, like=cut)
            case "delete":
                drafts.delete(cut, by=by)
                messages.success(request, _("The cut was deleted. Clips made of it stay in the library."))
                return redirect("cuts", brand_slug=request.brand.slug)
            case _:
                raise BadRequest(_("The form was incomplete."))
    except Refused as refused:
        messages.warning(request, refused.message)
    return _to(request, cut)


def _own(request: BrandRequest, cut_id: UUID) -> Cut:
    cut: Cut = get_object_or_404(drafts.own(request.principal), pk=cut_id)
    return cut


def _to(request: BrandRequest, cut: Cut, *, piece: str = "") -> HttpResponse:
    response = redirect("cut", brand_slug=request.brand.slug, cut_id=cut.pk)
    if piece:
        response["Location"] += f"?piece={piece}#cut-player"
    return response


def _change(request: BrandRequest, cut: Cut) -> None:
    """Keep what the form says, and then do what its button says. Raises CutRefused, CutMoved."""
    sent, by = request.POST, request.principal
    pieced = drafts.pieced(cut, by=by)
    pieces = [_typed(sent, number, each) for number, each in enumerate(pieced, start=1)]
    settings = _settings(sent, plans.read_settings(cut.settings))
    do, _sign, what = sent.get("do", "").partition(":")
    number = numbers.read(what) or 0
    number = number if number <= len(pieces) else 0
    if do in ("up", "down") and number:
        pieces = list(plans.moved(pieces, number, -1 if do == "up" else 1))
    elif do == "remove" and number:
        del pieces[number - 1]
    elif do == "add" and (version := _version(by, what, drafts.KINDS)) is not None:
        pieces.append(drafts.piece(version))
    elif do == "bed":
        bed = _version(by, what, SOUNDS) if what else None
        settings = replace(settings, bed=drafts.used(bed) if bed is not None else None)
    revision = numbers.read(sent.get("revision", ""), digits=9)
    title = sent.get("title", "")
    if len(title) > drafts.LONGEST_TITLE:
        raise CutRefused(
            _("The title can have %(most)s characters at most.") % {"most": drafts.LONGEST_TITLE}
        )
    seen = -1 if revision is None else revision
    drafts.change(cut, by=by, revision=seen, title=title, pieces=pieces, settings=settings)


def _version(by: Principal, text: str, kinds: tuple[str, ...]) -> Version | None:
    key = selection.key(text)
    return drafts.find(by, [key], kinds=kinds).get(key) if key else None


def _typed(sent: QueryDict, number: int, each: Pieced) -> Piece:
    """The piece as its fields say. Raises CutRefused."""
    piece, info = each.piece, each.info
    if info is None or (f"in-{number}" not in sent and f"lasts-{number}" not in sent):
        return piece
    x, y = (_share(sent.get(f"{axis}-{number}", ""), number) for axis in ("x", "y"))
    piece = replace(piece, focus=(x, y))
    if piece.still:
        return plans.lasting(piece, _seconds(sent.get(f"lasts-{number}", ""), number), number=number)
    begin, until = (_seconds(sent.get(f"{edge}-{number}", ""), number) for edge in ("in", "out"))
    return plans.trimmed(piece, info, begin=begin, until=until, number=number)


def _seconds(text: str, number: int) -> Fraction:
    if SECONDS.fullmatch(typed := text.strip().replace(",", ".")) is None:
        raise CutRefused(_("Enter a time in seconds, such as 1.5."), piece=number)
    return Fraction(typed)


def _share(text: str, number: int) -> int:
    try:
        return min(1000, max(0, round(10 * float(text.replace(",", ".")))))
    except (ValueError, OverflowError):
        raise CutRefused(_("Enter the focus in percent, from 0 to 100."), piece=number) from None


def _settings(sent: QueryDict, now: Settings) -> Settings:
    side, level = sent.get("side", ""), sent.get("level", "")
    shape, rate = sent.get("shape", ""), sent.get("rate", "")
    loud = numbers.read(level, digits=3)
    if level and (loud is None or loud > 200):
        raise CutRefused(_("Enter the volume in percent, from 0 to 200."))
    return replace(
        now,
        shape=shape if shape in list(Shape) else now.shape,
        side=wide if (wide := numbers.read(side)) in presets.SIDES else None,
        rate=rate if rate in plans.RATES else "",
        own_sound=bool(sent.get("own_sound")),
        level=now.level if loud is None else loud,
    )


def _page(
    request: BrandRequest, cut: Cut, *, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    by, sent = request.principal, request.POST if refused is not None else None
    pieced, settings = drafts.pieced(cut, by=by), plans.read_settings(cut.settings)
    infos = [each.info for each in pieced]
    outcome, problem = None, ""
    if pieced and all(info is not None for info in infos):
        known = [info for info in infos if info is not None]
        try:
            outcome = plans.outcome([each.piece for each in pieced], known, settings)
        except CutRefused as too_long:
            problem = too_long.message
    wrong = refused.piece if isinstance(refused, CutRefused) else 0
    told = refused.message if refused is not None else problem
    rows = [
        _row(number, each, outcome, sent, error=told if number == wrong else "")
        for number, each in enumerate(pieced, start=1)
    ]
    asked = request.GET.get("piece", "")
    chosen = next((row for row in rows if str(row.number) == asked), None)
    bed = drafts.bed(cut, by=by)
    context: dict[str, Any] = {
        "area": "generate",
        "cut": cut,
        "label": _(CUT_LABELS[CutState(cut.state)]),
        "is_draft": cut.state == CutState.DRAFT,
        "under_way": cut.state in CUT_UNDER_WAY,
        "made": _seen(request, cut),
        "rows": rows,
        "chosen": chosen,
        "settings": settings,
        "bed": bed,
        "problem": told if not wrong else "",
        "outcome": outcome,
        "rate": _rate_name(outcome.rate) if outcome is not None else "",
        "seconds": sum(row.seconds for row in rows),
        "title": sent.get("title", "") if sent is not None else cut.title,
        "shapes": [(shape.value, SHAPES[shape]) for shape in Shape],
        "sides": presets.SIDES,
        "rates": [(rate, _rate_name(Fraction(rate))) for rate in plans.RATES],
    }
    if cut.state == CutState.DRAFT:
        context["offered"] = _offered(request, "words", drafts.KINDS)
        context["sounds"] = sounds = _offered(request, "sounds", SOUNDS)
        context["has_sounds"] = bool(sounds["typed"] or sounds["versions"])
    return render(request, "generate/cut.html", context, status=status)


def _row(
    number: int, each: Pieced, outcome: cutting.Cut | None, sent: QueryDict | None, *, error: str
) -> Row:
    piece, info = each.piece, each.info
    rate = info.frame_rate if info is not None and not piece.still else Fraction(1)
    values = {
        "in": _number(piece.first / rate),
        "out": _number(piece.end / rate),
        "lasts": _number(Fraction(piece.milliseconds, 1000)),
        "x": _number(Fraction(piece.focus[0], 10)),
        "y": _number(Fraction(piece.focus[1], 10)),
    }
    if sent is not None and error:
        values = {name: sent.get(f"{name}-{number}", value) for name, value in values.items()}
    cropped = False
    if info is not None and outcome is not None:
        box = cutting.box(info, (outcome.width, outcome.height), focus=piece.focus)
        cropped = (box.width, box.height) != (info.width, info.height)
    return Row(
        number=number,
        piece=piece,
        version=each.version,
        begin=values["in"],
        until=values["out"],
        lasts=values["lasts"],
        x=values["x"],
        y=values["y"],
        seconds=float(piece.seconds(rate)),
        is_cropped=cropped,
        error=error,
        start_ms=round((piece.first + Fraction(1, 2)) / rate * 1000),
        until_ms=round((piece.end + Fraction(1, 2)) / rate * 1000),
    )


def _number(value: Fraction) -> str:
    """Seconds to the millisecond, which tell frames apart."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def _rate_name(rate: Fraction) -> str:
    text = f"{rate.numerator}/{rate.denominator}"
    return RATE_NAMES.get(text, _number(rate))


def _offered(request: BrandRequest, name: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    """The newest of these kinds, or those with the words that the parameter has."""
    typed = query.tidy(request.GET.get(name, ""))
    return {"typed": typed, "versions": _newest(request.principal, typed, kinds)}


def _newest(by: Principal, typed: str, kinds: tuple[str, ...]) -> list[Version]:
    """The newest clips of these kinds, or those with these words in their title."""
    clips = visible_assets(by).filter(**{f"{shown(by)}__kind__in": list(kinds)})
    clips = titles.with_words(clips, typed) if typed else clips.order_by("-created_at", "-pk")
    keys = list(clips.values_list(shown(by), flat=True)[:MOST_OFFERED])
    found = drafts.find(by, keys, kinds=kinds)
    return [found[key] for key in keys if key in found]
