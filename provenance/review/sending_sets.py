"""Sending several clips to review as one set: which can be sent and which can't, and doing it.

Each clip is sent in a transaction of its own, as it would be alone; the set is made with the first of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.catalog.models import Version
from dam.core import errors, foreign_text
from dam.core.language import noop
from dam.rights import visibility
from provenance.releases import signable
from provenance.review import choosing, reviews
from provenance.review.choosing import Choice
from provenance.review.models import Review
from provenance.review.policies import Refusal
from provenance.review.set_models import ReviewSet

MOST = 100  # clips of a set
LONGEST_TITLE = 120  # characters


class SetRefused(errors.Refused):
    """The set can't be sent like this."""

    code = "set_refused"


class AlreadySent(errors.Refused):
    """It was sent before: the form came twice."""

    code = "set_already_sent"
    message = noop("These clips were sent to review already.")


@dataclass(frozen=True)
class Candidate:
    """A clip that somebody chose: what its review would pass, and why it can't be sent, if it can't."""

    version: Version
    choice: Choice
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Wanted:
    """A clip to send; `template` was chosen by hand, `seen` is what the page said (choosing.Choice.seen)."""

    version: Version
    template: int | None = None
    seen: str | None = None


@dataclass
class Sent:
    """What came of it; what was left out each with the reason, in a sentence."""

    review_set: ReviewSet
    reviews: list[Review] = field(default_factory=list)
    left_out: list[tuple[Version, str]] = field(default_factory=list)


def chosen(keys: Sequence[UUID], *, by: Principal) -> list[Version]:
    """The latest versions of these clips, in this order, of those that the principal sees."""
    rows = Version.objects.filter(latest_of__in=visibility.visible_assets(by).filter(pk__in=keys))
    found = {version.asset_id: version for version in rows.select_related("asset", "brand")}
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def candidates(
    versions: Collection[Version], *, by: Principal, template: int | None = None
) -> list[Candidate]:
    """Each of them, in few queries however many there are. `template` is for those that no rule matches."""
    refusals = reviews.refusals_to_submit(versions, brand=by.brand, by=by)
    obstacles = signable.obstacles([each for each in versions if refusals[each.pk] is None])
    choices = choosing.of_many(versions, brand=by.brand, wanted=template)
    # Clips of one maker lack the same people, where the same ones are asked.
    of_maker: dict[tuple[object, ...], Refusal | None] = {}
    found = []
    for version in versions:
        choice, refusal = choices[version.pk], refusals[version.pk]
        if refusal is None and obstacles[version.pk]:
            refusal = Refusal("not_signable", obstacles[version.pk])
        if refusal is None:
            template_key = choice.template.pk if choice.template else None
            key = (template_key, choice.stages, version.created_by_id)
            if key not in of_maker:
                of_maker[key] = choosing.refuse(choice, version, by=by)
            refusal = of_maker[key]
        found.append(Candidate(version, choice, refusal))
    return found


def send(
    key: UUID,
    wanted: Sequence[Wanted],
    *,
    by: Principal,
    title: str,
    note: str = "",
    due_at: datetime | None = None,
    at: datetime | None = None,
) -> Sent:
    """Send those that can be sent, in this order; without one there is no set.

    Raises SetRefused, AlreadySent where there is a set of this key, PermissionDenied.
    """
    by.require(Capability.SUBMIT)
    at = at or timezone.now()
    if len(wanted) > MOST:
        raise SetRefused(too_many())
    made = ReviewSet(
        pk=key,
        brand=by.brand,
        title=clean_title(title),
        note=note.strip(),
        due_at=due_at,
        submitted_by=principals.person(by),
        submitted_at=at,
    )
    if ReviewSet.objects.filter(pk=key).exists():
        raise AlreadySent
    sent = Sent(made)
    for each in wanted:
        try:
            review = _send(each, sent, by=by, at=at)
        except reviews.ReviewRefused as refused:
            sent.left_out.append((each.version, refused.message))
        else:
            sent.reviews.append(review)
    return sent


def _send(each: Wanted, sent: Sent, *, by: Principal, at: datetime) -> Review:
    review_set = sent.review_set
    with trail.recording():
        if not sent.reviews:
            try:
                review_set.save(force_insert=True)
            except IntegrityError as there:  # of the same form, sent at the same time
                raise AlreadySent from there
        return reviews.submit(
            each.version,
            by=by,
            note=review_set.note,
            due_at=review_set.due_at,
            template=each.template,
            seen=each.seen,
            review_set=review_set,
            set_place=len(sent.reviews) + 1,
            at=at,
        )


def too_many() -> str:
    return _("Choose at most %(most)s clips: one set can't have more.") % {"most": MOST}


def full() -> str:
    return _("This set has %(most)s clips, which is as many as one can have.") % {"most": MOST}


def clean_title(text: str) -> str:
    """As it is kept. Raises SetRefused where it is empty or too long."""
    title = " ".join(foreign_text.neutral(text).split())
    if not title:
        raise SetRefused(_("Enter a title."))
    if len(title) > LONGEST_TITLE:
        raise SetRefused(
            _("This has at most %(most)s characters. Yours has %(has)s.")
            % {"most": LONGEST_TITLE, "has": len(title)}
        )
    return title
