"""Changing what was sent to review together: another title, clips added, taken out and put back, reviews
cancelled, and a new version in the place of an earlier one.

By who sent the set; for people who have left, by an administrator. Each clip's review stays its own: taken
out of its set, it goes on alone.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import Version
from dam.core import events
from dam.core.language import noop
from dam.rights import visibility
from provenance.review import reviews, sending_sets, sets
from provenance.review.models import Review
from provenance.review.policies import Refusal
from provenance.review.sending_sets import Sent, Wanted
from provenance.review.set_models import ReviewSet
from provenance.review.states import ReviewState

NOT_SENDER = Refusal(
    "not_sender", noop("Only the person who sent these clips or an administrator can change the set.")
)
GONE = Refusal("not_in_set", noop("This clip isn't in the set any more. Reload the page."))
NO_ROOM = Refusal("elsewhere", noop("This clip is part of another set, or its review isn't yours."))
EMPTY_AFTER = timedelta(hours=1)  # a set without clips is let go of
MOST_TIDIED = 500  # at a time


@dataclass
class Changed:
    """What came of it; what was left out each with the reason, in a sentence."""

    reviews: list[Review] = field(default_factory=list)
    left_out: list[tuple[Review, str]] = field(default_factory=list)


def refuse(review_set: ReviewSet, *, by: Principal) -> Refusal | None:
    """Why this principal may not change the set; None when it may."""
    own = by.user is not None and by.user.pk == review_set.submitted_by_id and by.can(Capability.SUBMIT)
    return None if own or by.can(Capability.MANAGE_BRAND) else NOT_SENDER


def addable(by: Principal) -> QuerySet[ReviewSet]:
    """The sets that this principal sent and of which a clip is still in review, the latest first."""
    if by.user is None:
        return ReviewSet.objects.none()
    still = Review.objects.filter(review_set=OuterRef("pk"), state=ReviewState.OPEN)
    rows = ReviewSet.objects.filter(Exists(still), brand=by.brand, submitted_by=by.user)
    return rows.order_by("-submitted_at", "pk")


def rename(review_set: ReviewSet, title: str, *, by: Principal) -> bool:
    """Whether that changed anything. Raises SetRefused where no title can be like this, ReviewRefused."""
    _stop_unless_own(review_set, by=by)
    clean = sending_sets.clean_title(title)
    with trail.recording():
        _lock(review_set)
        before = ReviewSet.objects.get(pk=review_set.pk)
        if before.title == clean:
            return False
        ReviewSet.objects.filter(pk=review_set.pk).update(title=clean)
        trail.record(
            Verb.REVIEW_SET_RENAMED,
            brand=by.brand,
            target=clean,
            actor=by,
            data={"review_set": str(review_set.pk), "before": before.title},
        )
        events.publish(brand_id=review_set.brand_id, name="reviews")
    review_set.title = clean
    return True


def add(
    review_set: ReviewSet, wanted: Sequence[Wanted], *, by: Principal, at: datetime | None = None
) -> Sent:
    """Send these after those that are there, with the set's note and due date.

    Raises ReviewRefused where the set isn't theirs, SetRefused where it would have too many.
    """
    _stop_unless_own(review_set, by=by)
    by.require(Capability.SUBMIT)
    at = at or timezone.now()
    sent = Sent(review_set)
    for each in wanted:
        try:
            sent.reviews.append(_add(each, review_set, by=by, at=at))
        except reviews.ReviewRefused as refused:
            sent.left_out.append((each.version, refused.message))
        except sending_sets.SetRefused as full:
            sent.left_out.append((each.version, full.message))
    return sent


def _add(each: Wanted, review_set: ReviewSet, *, by: Principal, at: datetime) -> Review:
    with trail.recording():
        _lock(review_set)
        place = _free_place(review_set)
        return reviews.submit(
            each.version,
            by=by,
            note=review_set.note,
            due_at=review_set.due_at,
            template=each.template,
            seen=each.seen,
            review_set=review_set,
            set_place=place,
            at=at,
        )


def _lock(review_set: ReviewSet) -> None:
    if not ReviewSet.objects.select_for_update().filter(pk=review_set.pk).exists():
        raise sending_sets.SetRefused(_("This set is no longer there: all of its clips have left it."))


def _free_place(review_set: ReviewSet) -> int:
    """The place after the last, under the set's lock, so that two additions at once don't pass its limit."""
    rows = Review.objects.filter(review_set=review_set)
    if rows.count() >= sending_sets.MOST:
        raise sending_sets.SetRefused(sending_sets.full())
    return (rows.aggregate(last=Max("set_place"))["last"] or 0) + 1


def take_out(review_set: ReviewSet, keys: Collection[UUID], *, by: Principal) -> Changed:
    """Each goes on alone, as far as it is; what was decided stays. `put_back` undoes it."""
    _stop_unless_own(review_set, by=by)

    def one(review: Review) -> None:
        if review.review_set_id != review_set.pk:
            raise reviews.ReviewRefused(GONE)
        # Its place is kept, for putting it back.
        Review.objects.filter(pk=review.pk).update(review_set=None)
        _record(Verb.REVIEW_LEFT_SET, review, review_set, by=by)

    return _each(review_set, sets.reviews_of(review_set, by).filter(pk__in=keys), one)


def put_back(review_set: ReviewSet, keys: Collection[UUID], *, by: Principal) -> Changed:
    """Undo taking out: reviews of who sent the set that are in none."""
    _stop_unless_own(review_set, by=by)

    def one(review: Review) -> None:
        if review.review_set_id is not None or review.submitted_by_id != review_set.submitted_by_id:
            raise reviews.ReviewRefused(NO_ROOM)
        place = _free_place(review_set)
        kept = review.set_place or place
        Review.objects.filter(pk=review.pk).update(review_set=review_set, set_place=kept)
        _record(Verb.REVIEW_JOINED_SET, review, review_set, by=by)

    seen = visibility.visible_versions(by)
    rows = Review.objects.filter(brand=by.brand, version__in=seen, pk__in=keys).exclude(set_place=None)
    return _each(review_set, rows.select_related("version__asset").order_by(*sets.IN_ORDER), one)


def cancel(review_set: ReviewSet, keys: Collection[UUID], *, by: Principal) -> Changed:
    """Cancel these reviews: their versions are drafts again. What is over can't be cancelled."""
    _stop_unless_own(review_set, by=by)
    rows = sets.reviews_of(review_set, by).filter(pk__in=keys)
    return _each(review_set, rows, lambda review: reviews.withdraw(review, by=by))


def _each(review_set: ReviewSet, rows: Iterable[Review], one: Callable[[Review], None]) -> Changed:
    """Each in a transaction of its own, under the locks of the set and then of its version."""
    done = Changed()
    for review in rows:
        try:
            with trail.recording():
                _lock(review_set)
                versions.locked(review.version_id)
                now = Review.objects.select_related("brand", "version__asset").get(pk=review.pk)
                one(now)
        except (reviews.ReviewRefused, sending_sets.SetRefused) as refused:
            done.left_out.append((review, refused.message))
        except ObjectDoesNotExist:  # the clip was deleted for good meanwhile
            continue
        else:
            done.reviews.append(review)
    return done


def place_for(version: Version, *, by: Principal) -> Review | None:
    """The last review of this clip, where it is over and of a set: the version would take its place."""
    rows = Review.objects.filter(version__asset=version.asset_id).select_related("review_set", "version")
    last = rows.filter(version__in=visibility.visible_versions(by)).order_by("-submitted_at", "-pk").first()
    if last is None or last.review_set is None or last.state == ReviewState.OPEN:
        return None
    return last if refuse(last.review_set, by=by) is None else None


def submit_in_place(
    version: Version,
    of: Review,
    *,
    by: Principal,
    note: str = "",
    due_at: datetime | None = None,
    template: int | None = None,
    seen: str | None = None,
) -> Review:
    """Send it as part of the set that the earlier review was sent with, in its place.

    The earlier one leaves the set: there a clip is counted once. Raises Refused.
    """
    with trail.recording():
        review = reviews.submit(
            version,
            by=by,
            note=note,
            due_at=due_at,
            template=template,
            seen=seen,
            review_set=of.review_set,
            set_place=of.set_place,
        )
        # Under the version's locks, so what was taken out meanwhile is seen.
        left = Review.objects.filter(pk=of.pk, review_set=of.review_set)
        if left.update(review_set=None, set_place=None):
            assert of.review_set is not None
            of.brand = version.brand
            _record(Verb.REVIEW_LEFT_SET, of, of.review_set, by=by)
        else:
            Review.objects.filter(pk=review.pk).update(review_set=None, set_place=None)
            review.review_set = review.set_place = None
    return review


def tidy(*, at: datetime | None = None) -> int:
    """Let go of sets all of whose clips were deleted or taken out; how many. Safe at any time."""
    at = at or timezone.now()
    of_set = Review.objects.filter(review_set=OuterRef("pk"))
    # One that is being sent has no clip for a moment.
    rows = ReviewSet.objects.filter(submitted_at__lt=at - EMPTY_AFTER).exclude(Exists(of_set))
    gone = 0
    for key in list(rows.values_list("pk", flat=True)[:MOST_TIDIED]):
        with transaction.atomic():
            # Locked, so that nothing is added to it meanwhile; then it is asked again.
            locked = ReviewSet.objects.select_for_update(skip_locked=True).filter(pk=key)
            if locked.exists() and not Review.objects.filter(review_set=key).exists():
                gone += ReviewSet.objects.filter(pk=key).delete()[0]
    return gone


def words(count: int, kind: str) -> str:
    """What a page says of so many clips: "taken_out", "put_back", "cancelled"."""
    return {
        "taken_out": ngettext(
            "%(count)s clip now goes through review alone.",
            "%(count)s clips now go through review alone.",
            count,
        ),
        "put_back": ngettext(
            "%(count)s clip is back in the set.", "%(count)s clips are back in the set.", count
        ),
        "cancelled": ngettext(
            "%(count)s review was cancelled. The clip is a draft again.",
            "%(count)s reviews were cancelled. The clips are drafts again.",
            count,
        ),
    }[kind] % {"count": count}


def _stop_unless_own(review_set: ReviewSet, *, by: Principal) -> None:
    refusal = refuse(review_set, by=by)
    if refusal is not None:
        raise reviews.ReviewRefused(refusal)


def _record(verb: Verb, review: Review, review_set: ReviewSet, *, by: Principal) -> None:
    trail.record(
        verb,
        brand=review.brand,
        target=str(review.version),
        actor=by,
        asset_id=review.version.asset_id,
        data={"review": str(review.pk), "set_title": review_set.title, "changed_set": str(review_set.pk)},
    )
    events.publish(brand_id=review.brand_id, name="reviews")
    events.publish(brand_id=review.brand_id, name=f"version-{review.version_id}")
