"""What guests say about a version and what they recommend; what the brand answers and lets them read.

Nothing here moves a review: a recommendation is a row of its own, beside the decisions and never among them.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast, Length
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.core import events, foreign_text
from provenance.attachments import files
from provenance.attachments.files import AttachmentRefused, Sender
from provenance.attachments.models import Attachment
from provenance.guests import gate, links, rules
from provenance.guests.links import GuestRefused
from provenance.guests.models import GuestAdvice, GuestLink, GuestRemark
from provenance.guests.rules import Advice, May
from provenance.review import comments, linking, reactions
from provenance.review.comments import CommentRefused
from provenance.review.corrections import UNDO_FOR
from provenance.review.drawings import Drawing
from provenance.review.linking import Part
from provenance.review.models import Comment, Reaction, Review
from provenance.review.reactions import Shown
from provenance.review.states import ReviewState

LONGEST = 4000
MOST = 200  # of one link
MOST_DRAWN = 1_000_000  # characters of all drawings of one link: pages show them all
TWICE_SECONDS = 10  # in which the same words again are the same remark
WITH_FILES = Prefetch("attachments", Attachment.objects.select_related("preview"))


@dataclass(frozen=True)
class Answer:
    by: str
    at: datetime
    body: str
    outside: bool
    remark: int
    signs: Sequence[Shown] = ()
    parts: Sequence[Part] = ()  # where it points at clips

    @property
    def key(self) -> str:
        return f"guest-{self.remark}"


@dataclass(frozen=True)
class Said:
    """A remark as guests read it: one of theirs, or one of the brand's that is shown to them."""

    key: str
    by: str
    at: datetime
    body: str
    frame: int | None
    end_frame: int | None
    outside: bool
    answers: tuple[Answer, ...] = ()
    remark: int | None = None  # that can be answered
    signs: Sequence[Shown] = ()
    attached: Sequence[Attachment] = ()
    parts: Sequence[Part] = ()
    drawing: Drawing | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None  # there for its answers, or because whoever deleted it can undo that
    mine: bool = False  # said by the link that looks
    written: str = ""  # what is mine, as it was typed

    @property
    def deleted(self) -> bool:
        return self.deleted_at is not None


def of_version(version: Version) -> QuerySet[GuestRemark]:
    """What guests said of it, and what they were answered, in the order in which they came.

    What was deleted is there for its answers alone.
    """
    rows = GuestRemark.objects.filter(_stands(), review__version=version).select_related("link", "author")
    return rows.prefetch_related(WITH_FILES).order_by("created_at", "pk")


def _stands(*, link: int | None = None, at: datetime | None = None) -> Q:
    """Of remarks: those that are shown, to this link with what it can still bring back."""
    answered = Exists(GuestRemark.objects.filter(parent=OuterRef("pk")))
    shown = Q(deleted_at=None) | Q(answered)
    if link is None:
        return shown
    return shown | Q(link=link, deleted_at__gt=(at or timezone.now()) - UNDO_FOR)


def refusal(link: GuestLink, wanted: May) -> str:
    """Why they can't say it now, in words; empty where they can."""
    version = link.version
    reason = rules.refusal(
        May(link.may),
        wanted,
        review_is_open=link.review.state == ReviewState.OPEN,
        newer=version.asset.latest_id != version.pk,
    )
    return _(reason) if reason else ""


def require(link: GuestLink, wanted: May) -> None:
    """Raises GuestRefused with what `refusal` says."""
    if reason := refusal(link, wanted):
        raise GuestRefused(reason)


def say(
    link: GuestLink,
    *,
    body: str,
    frame: int | None = None,
    end_frame: int | None = None,
    drawing: Drawing | None = None,
    attached: Collection[UUID] = (),
    at: datetime | None = None,
) -> GuestRemark:
    """Keep a guest's remark, at a place that a member's has (comments.add). Sent twice it is kept once.

    `drawing` is what they drew into that frame, as drawings.read gives it, `attached` are the keys of files
    that they have sent for it; neither needs words. Raises GuestRefused.
    """
    at = at or timezone.now()
    body = cleaned(body)
    if not body and not attached and drawing is None:
        raise GuestRefused(_("Write a comment first."), field="body")
    with trail.recording():
        link = locked(link, May.COMMENT, at=at)
        try:
            frame, end_frame = comments.placed(link.version, frame, end_frame, drawing=drawing)
        except CommentRefused as refused:
            raise GuestRefused(str(refused), field="body") from refused
        own = GuestRemark.objects.filter(link=link)
        last = own.filter(deleted_at=None, parent=None).order_by("-pk").first()
        # A file is sent with one remark: with it the same is the same after any time.
        said = (body, frame, end_frame, drawing)
        same = last is not None and _is_same(last, said, attached)
        if last is not None and same and (attached or _is_twice(last, at=at)):
            return last
        if own.count() >= MOST:
            raise GuestRefused(_("These are as many comments as one link takes."), field="body")
        if drawing is not None and _drawn(own) + len(json.dumps(drawing)) > MOST_DRAWN:
            raise GuestRefused(
                _("Your drawings are as much as one link takes. Send your comment without the drawing."),
                field="body",
            )
        remark = GuestRemark.objects.create(
            review=link.review,
            link=link,
            body=body,
            frame=frame,
            end_frame=end_frame,
            drawing=drawing,
            created_at=at,
        )
        data: dict[str, object] = {"remark": remark.pk, "frame": frame}
        if end_frame is not None:
            data["end_frame"] = end_frame
        if drawing is not None:
            data["shapes"] = len(drawing["shapes"])
        try:
            sender = Sender(link=link.pk)
            given = files.attach(attached, version=link.version, by=sender, remark=remark.pk)
        except AttachmentRefused as refused:
            raise GuestRefused(refused.message, field="body") from refused
        if given:
            data["attachments"] = [each.sha256 for each in given]
        links.record_said(Verb.GUEST_COMMENTED, link, data=data, at=at)
    return remark


def reply(link: GuestLink, remark_id: int, *, body: str, at: datetime | None = None) -> GuestRemark:
    """Say something under what a guest of this review said; all of them and the brand read it.

    Sent twice it is kept once. Raises GuestRefused.
    """
    at = at or timezone.now()
    body = cleaned(body)
    if not body:
        raise GuestRefused(_("Write an answer first."), field="body")
    with trail.recording():
        link = locked(link, May.COMMENT, at=at)
        rows = GuestRemark.objects.select_for_update(of=("self",), no_key=True)
        first = rows.filter(pk=remark_id, review=link.review_id, parent=None, deleted_at=None).first()
        if first is None:
            raise GuestRefused(_("This comment was deleted."), field="body")
        own = GuestRemark.objects.filter(link=link)
        last = own.filter(parent=first).order_by("-pk").first()
        if last is not None and last.body == body and _is_twice(last, at=at):
            return last
        if own.count() >= MOST:
            raise GuestRefused(_("These are as many comments as one link takes."), field="body")
        made = GuestRemark.objects.create(
            review=link.review, link=link, parent=first, body=body, created_at=at
        )
        data: dict[str, object] = {"remark": made.pk, "answers": first.pk}
        links.record_said(Verb.GUEST_COMMENTED, link, data=data, at=at)
    return made


def recommend(link: GuestLink, *, kind: Advice, words: str = "", at: datetime | None = None) -> GuestAdvice:
    """Keep what a guest would decide: the last one stands. Raises GuestRefused."""
    at = at or timezone.now()
    words = cleaned(words)
    if kind is not Advice.APPROVE and not words:
        raise GuestRefused(_("Say what should change, or why not."), field="words")
    with trail.recording():
        link = locked(link, May.RECOMMEND, at=at)
        last = GuestAdvice.objects.filter(link=link).first()
        if last is not None and (last.kind, last.words) == (kind, words):
            return last
        if GuestAdvice.objects.filter(link=link).count() >= MOST:
            raise GuestRefused(_("These are as many recommendations as one link takes."), field="words")
        advice = GuestAdvice.objects.create(
            link=link,
            review=link.review,
            kind=kind.value,
            words=words,
            content_sha256=link.version.sha256,
            created_at=at,
        )
        data = {"recommends": kind.value, "sha256": link.version.sha256}
        links.record_said(Verb.GUEST_RECOMMENDED, link, data=data, at=at)
    return advice


def answer(remark: GuestRemark, *, by: Principal, body: str, at: datetime | None = None) -> GuestRemark:
    """Answer a guest: all guests of the review read it. Raises GuestRefused, PermissionDenied."""
    review = remark.review
    by.require(Capability.COMMENT, brand=review.brand)
    links.require_may_share(by, brand=review.brand)
    at = at or timezone.now()
    body = cleaned(body)
    if not body:
        raise GuestRefused(_("Write an answer first."), field="body")
    with trail.recording():
        if GuestRemark.objects.filter(pk=remark.pk, deleted_at__isnull=False).exists():
            raise GuestRefused(_("This comment was deleted."), field="body")
        last = GuestRemark.objects.filter(parent=remark, author=by.user).order_by("-pk").first()
        if last is not None and last.body == body and _is_twice(last, at=at):
            return last
        made = GuestRemark.objects.create(
            review=review, author=principals.person(by), parent=remark, body=body, created_at=at
        )
        version = review.version
        trail.record(
            Verb.GUEST_ANSWERED,
            brand=review.brand,
            actor=by,
            target=version.asset.title,
            asset_id=version.asset_id,
            data={"remark": remark.pk, "version": version.number},
            at=at,
        )
        events.publish(brand_id=review.brand_id, name=f"guests-{review.pk}")
    return made


def show(comment: Comment, *, by: Principal, shown: bool, at: datetime | None = None) -> None:
    """Let the guests of a version read a comment of the brand, or no longer; its answers stay inside."""
    version = comment.version
    by.require(Capability.COMMENT, brand=version.brand)
    links.require_may_share(by, brand=version.brand)
    if shown and not version.brand.guest_reviews:
        raise GuestRefused(
            _("This brand doesn't share with people outside. An administrator can change that.")
        )
    with trail.recording():
        rows = Comment.objects.filter(pk=comment.pk, parent=None, deleted_at=None).exclude(for_guests=shown)
        if not rows.update(for_guests=shown):
            return
        trail.record(
            Verb.GUEST_SHOWN if shown else Verb.GUEST_HIDDEN,
            brand=version.brand,
            actor=by,
            target=version.asset.title,
            asset_id=version.asset_id,
            data={"comment": comment.pk, "version": version.number},
            at=at or timezone.now(),
        )
        events.publish(brand_id=version.brand_id, name=f"version-{version.pk}")


def of_guests(review: Review, *, to: Principal | None = None, link: int | None = None) -> list[Said]:
    """What guests of this review said, with the brand's answers, oldest first; three queries.

    With the signs at them, as this person or guest sees them. Where clips are pointed at: two queries more.
    """
    rows = list(
        GuestRemark.objects.filter(_stands(link=link), review=review)
        .select_related("link", "author")
        .prefetch_related(WITH_FILES)
    )
    found = Reaction.objects.filter(remark__review=review).select_related("user", "link")
    user = to.user.pk if to is not None and to.user is not None else None
    signs, none = reactions.of(found, user=user, link=link), reactions.none()
    clips = linking.clips((row.body for row in rows), to=to)
    answers: dict[int, list[Answer]] = defaultdict(list)
    for row in rows:
        if row.parent_id is not None:
            answers[row.parent_id].append(
                Answer(
                    row.by,
                    row.created_at,
                    clips.plain(row.body),
                    row.link_id is not None,
                    row.pk,
                    signs.get(row.pk, none),
                    clips.parts(row.body),
                )
            )
    return [
        Said(
            key=f"guest-{row.pk}",
            by=row.by,
            at=row.created_at,
            body="" if row.deleted_at else clips.plain(row.body),
            frame=row.frame,
            end_frame=row.end_frame,
            outside=True,
            answers=tuple(answers[row.pk]),
            remark=row.pk,
            signs=() if row.deleted_at else signs.get(row.pk, none),
            attached=() if row.deleted_at else tuple(row.attachments.all()),
            parts=() if row.deleted_at else clips.parts(row.body),
            drawing=None if row.deleted_at else row.drawing,
            edited_at=row.edited_at,
            deleted_at=row.deleted_at,
            mine=link is not None and row.link_id == link,
            written=row.body if link is not None and row.link_id == link and not row.deleted_at else "",
        )
        for row in rows
        if row.parent_id is None
    ]


def read_by_guests(review: Review, *, link: int | None = None) -> list[Said]:
    """The same, and what the brand's people said that guests may read, with what guests gave it.

    What the brand's people give each other's comments stays inside, as their replies do.
    """
    found = Reaction.objects.filter(comment__version=review.version_id, link__review=review)
    signs, none = reactions.of(found.select_related("user", "link"), link=link), reactions.none()
    shown = Comment.objects.filter(version=review.version_id, parent=None, deleted_at=None, for_guests=True)
    house = [
        Said(
            key=f"house-{row.pk}",
            by=str(row.author),
            at=row.created_at,
            body=comments.headline(row),
            frame=row.frame,
            end_frame=row.end_frame,
            outside=False,
            signs=signs.get(row.pk, none),
            attached=tuple(row.attachments.all()),
            parts=linking.NOTHING.parts(row.body),
        )
        for row in shown.select_related("author").prefetch_related(WITH_FILES)
    ]
    return sorted([*house, *of_guests(review, link=link)], key=lambda said: said.at)


def attachment(link: GuestLink, key: UUID) -> Attachment | None:
    """One that this guest sees: of what guests of the review said, or of a comment that is shown to them."""
    said = Q(remark__review=link.review_id, remark__deleted_at=None)
    shown = Q(
        comment__version=link.version_id,
        comment__parent=None,
        comment__deleted_at=None,
        comment__for_guests=True,
    )
    rows = Attachment.objects.select_related("preview").filter(said | shown, version=link.version_id)
    return rows.filter(pk=key).first()


def standing_advice(review: Review) -> list[GuestAdvice]:
    """Of each guest of the review what they recommended last."""
    rows = GuestAdvice.objects.filter(review=review).select_related("link")
    return list(rows.order_by("link_id", "-created_at", "-pk").distinct("link_id"))


def advice_on(version: Version) -> list[GuestAdvice]:
    """What was recommended last by each link of each review of the version, in the order in which it came."""
    rows = GuestAdvice.objects.filter(review__version=version).select_related("link")
    last = rows.order_by("link_id", "-created_at", "-pk").distinct("link_id")
    return sorted(last, key=lambda advice: (advice.created_at, advice.pk))


def _is_same(last: GuestRemark, said: tuple[object, ...], attached: Collection[UUID]) -> bool:
    if (last.body, last.frame, last.end_frame, last.drawing) != said:
        return False
    return files.are_of(attached, remark=last)


def _drawn(own: QuerySet[GuestRemark]) -> int:
    """How many characters the drawings have that are kept of one link."""
    lengths = own.aggregate(drawn=Sum(Length(Cast("drawing", TextField()))))
    return lengths["drawn"] or 0


def _is_twice(last: GuestRemark, *, at: datetime) -> bool:
    return (at - last.created_at).total_seconds() < TWICE_SECONDS


def cleaned(text: str) -> str:
    """What they wrote, as it is kept. Raises GuestRefused."""
    said = foreign_text.neutral(text).strip()
    if len(said) > LONGEST:
        raise GuestRefused(
            _("At most %(most)s characters; these are %(count)s.") % {"most": LONGEST, "count": len(said)}
        )
    return said


def locked(link: GuestLink, wanted: May, *, at: datetime) -> GuestLink:
    """The link as it is now, kept so until the transaction ends. Raises GuestRefused where it may not."""
    row = gate.links().select_for_update(of=("self",)).get(pk=link.pk)
    if not gate.is_open(row, at=at):
        raise GuestRefused(_("This link doesn't work any more."))
    require(row, wanted)
    return row
