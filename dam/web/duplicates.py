"""Clips that look alike: a list of the pairs, and a page for each on which somebody says what they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dam.accounts.capabilities import Capability
from dam.catalog import assets
from dam.catalog.models import Asset, Version
from dam.core.errors import Refused
from dam.duplicates import pairs
from dam.duplicates.models import NearPair
from dam.web import comparison, trash
from dam.web.decorators import BrandRequest, requires

MOST_DIGITS = 18  # of a key
SIDES = ("older", "newer")


@dataclass(frozen=True)
class Side:
    """One of two clips. `stuck` is why it can't go to the trash, for people; empty where it can."""

    name: str
    version: Version
    stuck: str
    in_use: bool

    @property
    def asset(self) -> Asset:
        return self.version.asset


@require_safe
@requires(Capability.EDIT)
def listing(request: BrandRequest) -> HttpResponse:
    """The open pairs, the newest first; `?show=different` those that were told apart, `?after=` goes on."""
    request.principal.require(Capability.VIEW_UNRELEASED)
    different = request.GET.get("show") == "different"
    rows = pairs.told_apart(request.principal) if different else pairs.open_for(request.principal)
    after = request.GET.get("after", "")
    known = after.isascii() and after.isdecimal() and len(after) <= MOST_DIGITS
    page = pairs.page(rows, after=int(after) if known else None)
    count = pairs.count(pairs.open_for(request.principal))
    context = {
        "area": "duplicates",
        "different": different,
        "rows": [(pair, _in_order(pair)) for pair in page.rows],
        "after": page.after,
        "begun": known,
        "count": min(count, pairs.MOST_COUNTED),
        "more": count > pairs.MOST_COUNTED,
    }
    return render(request, "duplicates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT)
def pair(request: BrandRequest, pair_id: int) -> HttpResponse:
    """Both clips in sync; `answer` in a form says what they are, `stays` which of them is kept."""
    request.principal.require(Capability.VIEW_UNRELEASED)
    found = pairs.find(request.principal, pair_id) if len(str(pair_id)) <= MOST_DIGITS else None
    if found is None:
        if request.method == "POST":  # answered in another window, or by somebody else
            messages.info(request, pairs.PairGone.message)
            return redirect("duplicates", request.brand.slug)
        raise Http404(_("This pair isn't there any more."))
    if request.method != "POST":
        return _show(request, found)
    return _answer(request, found)


def _show(request: BrandRequest, found: NearPair, *, unsure: str = "", problem: str = "") -> HttpResponse:
    older, newer = (
        _side(request, name, version) for name, version in zip(SIDES, _in_order(found), strict=True)
    )
    mode = comparison.mode(request)
    next_one = pairs.following(request.principal, found)
    context = {
        "area": "duplicates",
        "pair": found,
        "one": older.version,
        "two": newer.version,
        "older": older,
        "newer": newer,
        "name_one": older.asset.title,
        "name_two": newer.asset.title,
        "modes": comparison.MODES,
        "mode": mode,
        "again": f"?as={mode}",
        "percent": round(found.share * 100),
        "may_add": request.principal.can(Capability.UPLOAD),
        "next_one": next_one,
        "back": _address(request, next_one),
        "unsure": unsure,
        "problem": problem,
        **comparison.beside(older.version, newer.version),
    }
    return render(request, "duplicates/pair.html", context, status=422 if problem else 200)


def _answer(request: BrandRequest, found: NearPair) -> HttpResponse:
    answer, stays = request.POST.get("answer", ""), request.POST.get("stays", "")
    by_name = dict(zip(SIDES, _in_order(found), strict=True))
    next_one = pairs.following(request.principal, found)
    back = _address(request, next_one)
    try:
        if answer == "different":
            pairs.tell_apart(found, by=request.principal)
            messages.success(request, _("They won't be shown as duplicates again."))
        elif answer == "again":
            pairs.take_back(found, by=request.principal)
            messages.success(request, _("The pair is open again."))
            back = _address(request, found)
        elif answer in ("same", "version") and stays in by_name:
            kept = by_name[stays].asset
            going = next(version.asset for name, version in by_name.items() if name != stays)
            if answer == "same":
                # As from anywhere: with a question where others count on the clip, and with Undo.
                return trash.put(request, [going])
            if assets.in_use(going) and request.POST.get("sure") != str(going.pk):
                return _show(request, found, unsure=stays)
            return _version(request, found, kept, going, back)
        else:
            raise BadRequest(_("Choose one of the answers."))
    except (Refused, PermissionDenied) as refused:
        return _show(request, found, problem=str(refused))
    return redirect(back)


def _version(request: BrandRequest, found: NearPair, kept: Asset, going: Asset, back: str) -> HttpResponse:
    at = timezone.now()
    added = pairs.make_version(found, of=kept, by=request.principal, at=at)
    said = _("“%(going)s” is now version %(number)s of “%(title)s”, and its own entry is in the trash.")
    words = {"going": going.title, "number": added.number, "title": kept.title}
    messages.success(request, said % words, extra_tags=f"{trash.UNDO}{at.isoformat()}")
    return redirect(back)


def _in_order(found: NearPair) -> Sequence[Version]:
    """The older one first. Both are there: the pair was found by its reader."""
    versions = [version for version in (found.one, found.two) if version is not None]
    return sorted(versions, key=lambda version: (version.asset.created_at, version.asset_id))


def _side(request: BrandRequest, name: str, version: Version) -> Side:
    stuck = assets.refusal_to_move(version.asset, by=request.principal)
    return Side(name, version, stuck, assets.in_use(version.asset))


def _address(request: BrandRequest, found: NearPair | None) -> str:
    slug = request.brand.slug
    return reverse("duplicate-pair", args=[slug, found.pk]) if found else reverse("duplicates", args=[slug])
