"""The starter library's clips: asked for, filmed, and brought as far as the plan says.

Each function finds what an interrupted start left and goes on from there.
"""

from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from dam.accounts import demo
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog import assets
from dam.catalog.models import Approval, Processing, ReleaseState, Version
from dam.core import storage
from dam.ingest import importer
from dam.ingest.registration import AlreadyKnown
from dam.media import runner
from dam.search import fulltext
from generation import briefs, jobs, states
from generation.demo_data import plan
from generation.demo_data.people import People
from generation.demo_data.plan import Footage, Goal, PlannedClip
from generation.generators.base import Capabilities
from generation.models import GenerationJob
from generation.states import JobState
from provenance.models import Review
from provenance.review import comments, reviews
from provenance.review.states import DecisionKind, ReviewState


def key_of(clip: PlannedClip) -> UUID:
    """By which its job is asked for once."""
    return uuid5(NAMESPACE_URL, f"{demo.SLUG}/{clip.seed}/{clip.prompt}")


def request_clip(clip: PlannedClip, *, people: People, capabilities: Capabilities) -> GenerationJob:
    """The clip's job: asked for once, and once more if it failed."""
    creator = people[Role.CREATOR]
    brief = briefs.check(capabilities, prompt=clip.prompt, seed=clip.seed)
    job = jobs.request(by=creator, brief=brief, key=key_of(clip))[0]
    if states.can_retry(JobState(job.state)):
        jobs.retry(job, by=creator)
    return job


def film(footage: Footage, *, brand: Brand, by: Member) -> Version:
    """The clip's version: drawn, encoded and imported like any file, where it isn't there yet."""
    existing = Version.objects.filter(brand=brand, filename=footage.filename).first()
    if existing is not None:
        return existing
    from generation.previz import footage as camera  # brings torch, which the rest does without

    width, height = plan.FOOTAGE_SIZE
    frames = camera.film(
        shape=footage.shape,
        colour=footage.colour,
        motion=footage.motion,
        ground=footage.ground,
        light=footage.light,
        seed=len(footage.title),
        frames=plan.FOOTAGE_FRAMES,
        width=width,
        height=height,
    )
    with storage.scratch() as folder:
        path = Path(folder) / footage.filename
        runner.encode_frames(frames, frame_rate=Fraction(plan.FOOTAGE_RATE), path=path)
        try:
            version = importer.take_from_disk(path, brand=brand, user=by.user)
        except AlreadyKnown as known:
            return known.version
    assets.edit(version.asset, by=by, title=footage.title, tag_names=footage.tags)
    fulltext.refresh(version.asset)
    return version


def advance(version: Version, goal: Goal, *, people: People) -> bool:
    """Take the next steps towards the goal; True when nothing is left to do.

    What people have decided otherwise meanwhile stands.
    """
    version.refresh_from_db()
    if version.processing in (Processing.WAITING, Processing.RUNNING):
        return False
    if goal == Goal.DRAFT or version.processing != Processing.READY or version.asset.trashed_at:
        return True
    review = Review.objects.filter(version=version).order_by("-submitted_at").first()
    if review is None and version.approval == Approval.DRAFT:
        review = reviews.submit(version, by=people[Role.CREATOR], note=plan.NOTE)
    if review is not None and review.state == ReviewState.OPEN:
        _decide(review, goal, people=people)
    version.refresh_from_db()
    if goal == Goal.RELEASED and version.approval == Approval.APPROVED:
        return version.release == ReleaseState.READY
    return True


def _decide(review: Review, goal: Goal, *, people: People) -> None:
    if review.stage == 0 and goal == Goal.CHANGES:
        _ask_for_changes(review, by=people[Role.BRAND_REVIEWER])
    if review.stage == 0 and goal in (Goal.LEGAL_STAGE, Goal.RELEASED):
        _approve(review, by=people[Role.BRAND_REVIEWER])
        review = Review.objects.get(pk=review.pk)
    if review.stage == 1 and goal == Goal.RELEASED:
        _approve(review, by=people[Role.LEGAL_REVIEWER])


def _ask_for_changes(review: Review, *, by: Member) -> None:
    version = review.version
    if not version.comments.filter(author=by.user).exists():
        comments.add(version, by=by, body=plan.CHANGES_COMMENT, frame=plan.CHANGES_FRAME)
    reviews.decide(
        review,
        by=by,
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=version.sha256,
        comment=plan.CHANGES_DECISION,
    )


def _approve(review: Review, *, by: Member) -> None:
    reviews.decide(
        review,
        by=by,
        kind=DecisionKind.APPROVE,
        expected_sha256=review.version.sha256,
        uses=plan.USES,
        territories=plan.TERRITORIES,
        valid_until=review.submitted_at + timedelta(days=plan.VALID_DAYS),
        disclosed=plan.DISCLOSED,
    )


def now_in_words(version: Version) -> str:
    """Where the version stands, for the terminal."""
    if version.processing != Processing.READY:
        return str(version.get_processing_display()).lower()
    return str(version.get_approval_display()).lower()
