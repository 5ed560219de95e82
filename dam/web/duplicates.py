"""Clips that look alike: a list of the pairs, and a page for each on which somebody says what they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

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
from dam.core import numbers
from dam.core.errors import Refused
from dam.duplicates import pairs
from dam.duplicates.models import NearPair
from dam.web import comparison, trash
from dam.web.decorators import BrandRequest, requires

SIDES = ("older", "newer")


@dataclass(frozen=True)
class Side:
    """One of two clips. `stuck` is why it can't go to the trash, for people; empty where it can."""

    name: str
    version: Version
    stuck: str

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
    after = numbers.read(request.GET.get("after", ""))
    page = pairs.page(rows, after=after)
    count = pairs.count(pairs.open_for(request.principal))
    context = {
        "area": "duplicates",
        "different": different,
        "rows": [(pair, _in_order(pair)) for pair in page.rows],
        "after": page.after,
        "begun": after is not None,
        "count": min(count, pairs.MOST_COUNTED),
        "more": count > pairs.MOST_COUNTED,
    }
    return render(request, "duplicates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT)
def pair(request: BrandRequest, pair_id: int) -> HttpResponse:
    """Both clips in sync; `answer` in a form says what they are, `stays` which of them is kept."""
    request.principal.require(Capability.VIEW_UNRELEASED)
    found = pairs.find(request.principal, pair_id)
    if found is None:
        # Answered in another window, or by somebody else; another brand's is not there at all.
        if request.method == "POST" and pairs.is_of_brand(pair_id, principal=request.principal):
            messages.info(request, pairs.PairGone.message)
            return redirect("duplicates", request.brand.slug)
        raise Http404(_("This pair isn't there any more."))
    if request.method != "POST":
        return _show(request, found, stays=request.GET.get("stays", ""))
    return _answer(request, found)


def _show(
    request: BrandRequest,
    found: NearPair,
    *,
    answer: str = "",
    stays: str = "",
    question: pairs.AskFirst | None = None,
    problem: str = "",
) -> HttpResponse:
    older, newer = (
        _side(request, name, version) for name, version in zip(SIDES, _in_order(found), strict=True)
    )
    mode = comparison.mode(request)
    if stays not in SIDES:  # the one that may not go, else the older one
        stays = "newer" if newer.stuck and not older.stuck else "older"
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
        "next_one": pairs.following(request.principal, found),
        "question": question,
        "follows": trash.what_follows(question.goes) if question and question.goes else "",
        "answer": answer,
        "stays": stays,
        "problem": problem,
        **comparison.beside(older.version, newer.version),
    }
    return render(request, "duplicates/pair.html", context, status=422 if problem else 200)


def _answer(request: BrandRequest, found: NearPair) -> HttpResponse:
    answer, stays = request.POST.get("answer", ""), request.POST.get("stays", "")
    by_name = dict(zip(SIDES, _in_order(found), strict=True))
    try:
        if answer == "different":
            pairs.tell_apart(found, by=request.principal)
            messages.success(request, _("They won't be shown as duplicates again."))
        elif answer == "again":
            pairs.take_back(found, by=request.principal)
            messages.success(request, _("The pair is open again."))
            return redirect(_address(request, found))
        elif answer == "same" and stays in by_name:
            _same(request, found, by_name[stays].asset)
        elif answer == "version" and stays in by_name:
            _version(request, found, by_name[stays].asset)
        else:
            raise BadRequest(_("Choose one of the answers."))
    except pairs.AskFirst as question:
        return _show(request, found, answer=answer, stays=stays, question=question)
    except pairs.PairGone as gone:
        now = pairs.find(request.principal, found.pk)  # as it was told apart meanwhile, with the way back
        if now is not None:
            return _show(request, now, stays=stays, problem=str(gone))
        messages.info(request, str(gone))
        return redirect("duplicates", request.brand.slug)
    except (Refused, PermissionDenied) as refused:
        return _show(request, found, stays=stays, problem=str(refused))
    # Now, for the clip that went may have been in the pair that was to be the next.
    return redirect(_address(request, pairs.following(request.principal, found)))


def _same(request: BrandRequest, found: NearPair, kept: Asset) -> None:
    at = timezone.now()
    gone = pairs.trash_other(found, keep=kept, by=request.principal, sure=_sure(request), at=at)
    said = _("“%(title)s” moved to trash.") % {"title": gone.title}
    messages.success(request, said, extra_tags=f"{trash.UNDO}{at.isoformat()}")


def _version(request: BrandRequest, found: NearPair, kept: Asset) -> None:
    at = timezone.now()
    going = next(version.asset for version in _in_order(found) if version.asset_id != kept.pk)
    added = pairs.make_version(found, of=kept, by=request.principal, sure=_sure(request), at=at)
    said = _("“%(going)s” is now version %(number)s of “%(title)s”, and its own entry is in the trash.")
    words = {"going": going.title, "number": added.number, "title": kept.title}
    messages.success(request, said % words, extra_tags=f"{trash.UNDO}{at.isoformat()}")


def _sure(request: BrandRequest) -> set[UUID]:
    """The clips that the question was about."""
    return {key for key in map(trash.key_of, request.POST.getlist("sure")) if key}


def _in_order(found: NearPair) -> Sequence[Version]:
    """The older one first. Both are there: the pair was found by its reader."""
    versions = [version for version in (found.one, found.two) if version is not None]
    return sorted(versions, key=lambda version: (version.asset.created_at, version.asset_id))


def _side(request: BrandRequest, name: str, version: Version) -> Side:
    stuck = assets.refusal_to_move(version.asset, by=request.principal)
    return Side(name, version, stuck)


def _address(request: BrandRequest, found: NearPair | None) -> str:
    """Of that pair, compared as the one before it; of the list where there is none."""
    if found is None:
        return reverse("duplicates", args=[request.brand.slug])
    address = reverse("duplicate-pair", args=[request.brand.slug, found.pk])
    return f"{address}?{urlencode({'as': comparison.mode(request)})}"
