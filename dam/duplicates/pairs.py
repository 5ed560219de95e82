"""Pairs of clips that look alike, and what people say of them.

"The same" needs no answer of its own: one of the two goes to the trash, and the pair is open again when it
comes back. A pair is only there for those who may change clips and see both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets
from dam.catalog.models import Asset, Version
from dam.core import errors, events, locks, storage
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


def make_version(pair: NearPair, *, of: Asset, by: Principal, at: datetime | None = None) -> Version:
    """Have the other clip's file as the next version of `of`, and that clip in the trash; in one go or not.

    `at` names what was trashed, as in assets.trash.
    Raises PairGone, what registration.repeat raises, and PermissionDenied where they may not add a version
    to the one or put the other one into the trash.
    """
    _require(by)
    assert pair.one is not None
    assert pair.two is not None
    source = pair.two if pair.one.asset_id == of.pk else pair.one
    if source.asset_id == of.pk:
        raise PairGone
    with trail.recording():
        # In the order of `registration.accept`: the content first, then clips.
        locks.hold(storage.key_for(brand_id=source.brand_id, sha256=source.sha256, suffix=""))
        # Both at once, in the order of their keys: two people who answer crosswise queue up.
        rows = {row.pk: row for row in assets.lock([of, source.asset])}
        going = rows.get(source.asset_id)
        if len(rows) < 2 or going is None or not open_for(by).filter(pk=pair.pk).exists():
            raise PairGone
        if refusal := assets.refusal_to_move(going, by=by):
            raise PermissionDenied(refusal)
        target = next_versions.target(of.pk, principal=by, kind=source.kind)
        added = registration.repeat(source, asset=target, user=principals.person(by))
        assets.trash(going, by=by, at=at)
    return added


def _seen(principal: Principal) -> QuerySet[NearPair]:
    if not may_resolve(principal):
        return NearPair.objects.none()
    seen = visible_assets(principal)
    both: Any = Q()
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
    events.publish(brand_id=pair.brand_id, name="duplicates")
