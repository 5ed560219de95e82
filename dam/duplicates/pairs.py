"""Pairs of clips that look alike, and what people say of them.

"The same" needs no answer of its own: one of the two goes to the trash, and the pair is open again when it
comes back. A pair is only there for those who may change clips and see both.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets, counted_on
from dam.catalog.models import Asset, Version
from dam.core import errors, locks, storage
from dam.core.lazily import lazy
from dam.duplicates.models import NearPair
from dam.ingest import next_versions, registration
from dam.rights.visibility import shown, visible_assets

PAGE = 24
MOST_COUNTED = 1000


class PairGone(errors.Refused):
    """Somebody else has answered it, or one of the two is gone or has a newer version."""

    code = "pair_gone"
    message = lazy("This pair is no longer open: someone else resolved it, or one of the clips changed.")


class AskFirst(errors.Refused):
    """Others count on a clip, and the person was not asked about it.

    `goes` is in review, approved or released and would go to the trash; `reviewed` stays, and a new version
    would end its open review. Each None where it isn't so.
    """

    code = "ask_first"
    message = lazy("Others rely on these clips. Confirm before going on.")

    def __init__(self, *, goes: Asset | None, reviewed: Asset | None) -> None:
        self.goes, self.reviewed = goes, reviewed
        super().__init__()


@dataclass(frozen=True)
class Page:
    """`after` is the place after which the list goes on; None at its end."""

    rows: Sequence[NearPair]
    after: int | None


def may_resolve(principal: Principal) -> bool:
    """Whether they work on duplicates at all: they change clips, and see what isn't released."""
    return principal.can(Capability.EDIT) and shown(principal) == "latest"


def open_for(principal: Principal) -> QuerySet[NearPair]:
    """Those that nobody has resolved, of clips that the principal sees, each as its latest version."""
    return _seen(principal).filter(different_at=None)


def told_apart(principal: Principal) -> QuerySet[NearPair]:
    """Those of which somebody said that they differ."""
    return _seen(principal).filter(different_at__isnull=False)


def page(rows: QuerySet[NearPair], *, after: int | None) -> Page:
    """The newest first, with both clips and their renditions."""
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(_with_clips(rows).order_by("-pk")[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def count(rows: QuerySet[NearPair]) -> int:
    """At most MOST_COUNTED + 1: of more it is enough to know that there are more."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def find(principal: Principal, pair_id: int) -> NearPair | None:
    return _with_clips(_seen(principal)).filter(pk=pair_id).first()


def is_of_brand(pair_id: int, *, principal: Principal) -> bool:
    """Whether the principal's brand has such a pair, be it open or not."""
    return NearPair.objects.filter(brand=principal.brand, pk=pair_id).exists()


def following(principal: Principal, pair: NearPair) -> NearPair | None:
    """The open one after it, in the order of the list; behind the last one the first."""
    rows = open_for(principal).exclude(pk=pair.pk).order_by("-pk")
    return rows.filter(pk__lt=pair.pk).first() or rows.first()


def tell_apart(pair: NearPair, *, by: Principal) -> None:
    """Never offer these two contents again. Raises PairGone, PermissionDenied."""
    _require(by)
    with trail.recording():
        if not _locked(pair, different_at=None).update(different_at=timezone.now(), different_by=by.user):
            raise PairGone
        _record(Verb.DUPLICATES_TOLD_APART, pair, by=by)


def take_back(pair: NearPair, *, by: Principal) -> None:
    """Offer them again. Raises PairGone, PermissionDenied."""
    _require(by)
    with trail.recording():
        if not _locked(pair, different_at__isnull=False).update(different_at=None, different_by=None):
            raise PairGone
        _record(Verb.DUPLICATES_OPENED_AGAIN, pair, by=by)


def trash_other(
    pair: NearPair, *, keep: Asset, by: Principal, sure: Collection[UUID] = (), at: datetime | None = None
) -> Asset:
    """They are the same: the clip that isn't `keep` goes to the trash; which one that was.

    `sure` are the clips that the person was asked about. `at` names what was trashed, as in assets.trash.
    Raises PairGone, AskFirst, and PermissionDenied where they may not put that clip into the trash.
    """
    _require(by)
    with trail.recording():
        _kept, going, _source = _both_locked(pair, keep=keep, by=by)
        _require_sure(going=going, ends_review_of=None, sure=sure)
        assets.trash(going, by=by, at=at)
    return going


def make_version(
    pair: NearPair, *, of: Asset, by: Principal, sure: Collection[UUID] = (), at: datetime | None = None
) -> Version:
    """Have the other clip's file as the next version of `of`, and that clip in the trash; in one go or not.

    `sure` and `at` as in `trash_other`: here the question is about both, for an open review of `of` ends.
    Raises PairGone, AskFirst, what registration.repeat raises, and PermissionDenied where they may not add a
    version to the one or put the other one into the trash.
    """
    _require(by)
    source = _other_side(pair, of)
    with trail.recording():
        # In the order of `registration.accept`: the content first, then clips.
        locks.hold(storage.key_for(brand_id=source.brand_id, sha256=source.sha256, suffix=""))
        kept, going, source = _both_locked(pair, keep=of, by=by)
        target = next_versions.target(of.pk, principal=by, kind=source.kind)
        _require_sure(going=going, ends_review_of=kept, sure=sure)
        added = registration.repeat(source, asset=target, user=principals.person(by))
        assets.trash(going, by=by, at=at)
    return added


def _other_side(pair: NearPair, keep: Asset) -> Version:
    """The version of the pair that isn't of the clip that stays."""
    if pair.one is None or pair.two is None or keep.pk not in (pair.one.asset_id, pair.two.asset_id):
        raise PairGone
    other = pair.two if pair.one.asset_id == keep.pk else pair.one
    if other.asset_id == keep.pk:
        raise PairGone
    return other


def _both_locked(pair: NearPair, *, keep: Asset, by: Principal) -> tuple[Asset, Asset, Version]:
    """The clip that stays and the one that goes, and the version of that, while the pair is open.

    All are as they are now and stay so until the caller's transaction ends: of two who answer at once, or
    crosswise, the second finds the pair gone.
    """
    source = _other_side(pair, keep)
    assets.lock([keep, source.asset])
    # Behind the lock: what waited for it goes on with what others wrote meanwhile.
    still = open_for(by).filter(pk=pair.pk, one=pair.one_id, two=pair.two_id)
    if still.select_for_update(no_key=True, of=("self",)).first() is None:
        raise PairGone
    rows = Asset.objects.select_related("brand", "latest").in_bulk([keep.pk, source.asset_id])
    kept, going = rows[keep.pk], rows[source.asset_id]
    if refusal := assets.refusal_to_move(going, by=by):
        raise PermissionDenied(refusal)
    return kept, going, source


def _require_sure(*, going: Asset, ends_review_of: Asset | None, sure: Collection[UUID]) -> None:
    goes = going if counted_on.among([going]) else None
    reviewed = ends_review_of if ends_review_of is not None and assets.in_review(ends_review_of) else None
    if any(asset is not None and asset.pk not in sure for asset in (goes, reviewed)):
        raise AskFirst(goes=goes, reviewed=reviewed)


def _seen(principal: Principal) -> QuerySet[NearPair]:
    if not may_resolve(principal):
        return NearPair.objects.none()
    seen = visible_assets(principal)
    both: Any = Q(live=True)  # by which an index has them: those that are over aren't read
    for side in ("one", "two"):
        # The latest of its clip; asked of each pair, for a list of all that they see would be long.
        both &= Exists(seen.filter(latest=OuterRef(side)))
    return NearPair.objects.filter(both, brand=principal.brand).exclude(one__asset=F("two__asset"))


def _with_clips(rows: QuerySet[NearPair]) -> QuerySet[NearPair]:
    clips = [
        f"{side}__{path}" for side in ("one", "two") for path in ("asset__latest", "asset__brand", "brand")
    ]
    rows = rows.select_related(*clips, "different_by")
    return rows.prefetch_related("one__renditions", "two__renditions")


def _require(by: Principal) -> None:
    by.require(Capability.EDIT)
    by.require(Capability.VIEW_UNRELEASED)


def _locked(pair: NearPair, **state: object) -> QuerySet[NearPair]:
    return NearPair.objects.filter(pk=pair.pk, brand=pair.brand_id, **state)


def _record(verb: Verb, pair: NearPair, *, by: Principal) -> None:
    """An event for each of both clips: it is read in the history of either."""
    for version, other in ((pair.one, pair.two), (pair.two, pair.one)):
        if version is not None and other is not None:
            trail.record(
                verb,
                brand=version.brand,
                target=version.asset.title,
                actor=by,
                asset_id=version.asset_id,
                data={"other": str(other.asset_id), "sha256": [pair.one_sha256, pair.two_sha256]},
            )
