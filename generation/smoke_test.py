"""The main job from end to end, without a browser, against running workers.

Each step does what a person would do, through the same functions as the pages, and checks what must hold.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import Http404, QueryDict, StreamingHttpResponse

from dam.accounts import principals
from dam.accounts.capabilities import Capability, Role, granted
from dam.accounts.models import Brand, Membership, User
from dam.accounts.principals import Member
from dam.catalog.models import Processing, ReleaseState, Version
from dam.core import storage
from dam.ingest import uploads
from dam.ingest.models import Upload, UploadState
from dam.media import runner
from dam.rights.disclosure import Disclosed
from dam.search import search
from dam.search.results import Match, Results, Seeing
from dam.web.decorators import BrandRequest
from generation import briefs, jobs, model_register, states
from generation.models import GenerationJob
from generation.states import JobState
from provenance.manifests import verify
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from provenance.models import Review
from provenance.review import policies, reviews
from provenance.review.states import DecisionKind, ReviewState
from provenance.web import release_file

POLL_SECONDS = 0.25
ROLES = (Role.CREATOR, Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER, Role.VIEWER)
USE, TERRITORY = "web", "EU"
PROMPT = "A large red ball bouncing over the sea by day"
# The uploaded clip's title shares no word with this, so only the pictures can answer.
SIGHT = "green leaf in the desert"
CLIP = {"shape": "leaf", "colour": "green", "motion": "turn", "ground": "desert", "light": "day"}


class TourFailed(Exception):
    """Something that must hold did not; the message says what."""


@dataclass
class Tour:
    """What is known on the way. `token` tells this tour's clips from those of others."""

    brand: Brand
    people: dict[Role, User]
    patience: float  # seconds that a worker may take for one thing
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    uploaded: Version | None = None
    generated: Version | None = None
    downloaded: Path | None = None
    verdict: Report | None = None

    def member(self, role: Role) -> Member:
        """That person, with the role they have now."""
        member = principals.member(self.people[role], self.brand)
        assert member is not None
        return member

    @property
    def upload(self) -> Version:
        assert self.uploaded is not None
        return self.uploaded

    @property
    def clip(self) -> Version:
        assert self.generated is not None
        return self.generated


T = TypeVar("T")
Step = Callable[[Tour], str]


def steps(brand: Brand) -> tuple[tuple[str, Step], ...]:
    """The tour's steps by name, in order. Each returns a few words on what came of it."""
    return (
        ("upload", upload),
        ("process the upload", process_upload),
        ("generate", generate),
        ("sign", check_signature),
        ("process the generated clip", process_clip),
        ("find by words", find_by_words),
        ("find by what is seen", find_by_sight),
        ("refuse a viewer the draft", refuse_draft),
        ("submit", submit),
        ("refuse self-approval", refuse_self_approval),
        *((f"approve ({stage})", approve) for stage in brand.review_stages),
        ("release", release),
        ("download", download),
        ("verify", check_download),
    )


@contextmanager
def people(brand: Brand) -> Iterator[dict[Role, User]]:
    """One person for each role that the tour needs. Afterwards they are no members and can't come in."""
    people_by_role = {role: _person(brand, role) for role in ROLES}
    try:
        yield people_by_role
    finally:
        Membership.objects.filter(brand=brand, user__in=people_by_role.values()).delete()
        User.objects.filter(pk__in=[user.pk for user in people_by_role.values()]).update(is_active=False)


def _person(brand: Brand, role: Role) -> User:
    email = f"tour-{role.value}@{brand.slug}.invalid"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=f"Tour: {role.value.replace('_', ' ')}")
    User.objects.filter(pk=user.pk).update(is_active=True)
    Membership.everyone.update_or_create(user=user, brand=brand, defaults={"role": role.value})
    user.refresh_from_db()
    return user


def upload(tour: Tour) -> str:
    """A clip comes in in pieces, as from a browser, and a worker takes it."""
    from generation.previz import footage  # brings torch

    frames = footage.film(**CLIP, seed=secrets.randbelow(2**31), frames=32, width=480, height=270)
    with storage.scratch() as folder:
        path = Path(folder) / f"tour {tour.token}.mp4"
        runner.encode_frames(frames, frame_rate=Fraction(24), path=path)
        received = _send(path, tour)
    state = _wait(tour, lambda: _decided(received), "The upload wasn't checked")
    if state.version is None:
        raise TourFailed(f"The upload was refused: {state.reason}")
    tour.uploaded = state.version
    return f"{path.name}, {received.size:,} bytes"


def _send(path: Path, tour: Tour) -> Upload:
    size = path.stat().st_size
    received = uploads.create(brand=tour.brand, user=tour.people[Role.CREATOR], filename=path.name, size=size)
    with path.open("rb") as file:
        for offset in range(0, size, settings.UPLOAD_CHUNK_BYTES):
            length = min(settings.UPLOAD_CHUNK_BYTES, size - offset)
            received = uploads.write(received, offset=offset, piece=file, length=length)
    return received


def _decided(received: Upload) -> Upload | None:
    now = Upload.objects.select_related("version__asset").get(pk=received.pk)
    return now if now.state not in (UploadState.RECEIVING, UploadState.RECEIVED) else None


def process_upload(tour: Tour) -> str:
    return _process(tour, tour.upload)


def process_clip(tour: Tour) -> str:
    return _process(tour, tour.clip)


def _process(tour: Tour, version: Version) -> str:
    def ready() -> bool:
        version.refresh_from_db()
        return version.processing not in (Processing.WAITING, Processing.RUNNING)

    _wait(tour, ready, "Processing didn't finish")
    if version.processing != Processing.READY:
        raise TourFailed(f"Processing ended as {version.processing}: {version.processing_reason}")
    return ", ".join(version.renditions.order_by("kind").values_list("kind", flat=True))


def generate(tour: Tour) -> str:
    model = model_register.generator()
    brief = briefs.check(model.capabilities, prompt=PROMPT)
    (job,) = jobs.request(by=tour.member(Role.CREATOR), brief=brief)

    def finished() -> GenerationJob | None:
        now = GenerationJob.objects.select_related("version__asset").get(pk=job.pk)
        return now if now.state not in states.OPEN else None

    done = _wait(tour, finished, "The clip wasn't generated")
    if done.state != JobState.DONE or done.version is None:
        raise TourFailed(f"The job ended as {done.state}: {done.reason}")
    tour.generated = done.version
    return f"seed {job.seed}, {job.frames} frames, {model.identity.name} {model.identity.version}"


def check_signature(tour: Tour) -> str:
    """The stored master is signed already, and the signature holds."""
    with storage.local_copy(tour.clip.storage_key) as master:
        report = verify.check(master)
    if report.state != State.TRUSTED:
        raise TourFailed(f"The master's credentials are {report.state}: {' '.join(report.reasons)}")
    return "the stored master carries trusted credentials"


def find_by_words(tour: Tour) -> str:
    results = search.find(tour.member(Role.CREATOR), words=f"tour {tour.token}", limit=20)
    if tour.upload.asset_id not in [hit.asset.pk for hit in results.hits]:
        raise TourFailed("Searching for the upload's name does not find it.")
    results = search.find(tour.member(Role.CREATOR), words=PROMPT, limit=200)
    if tour.clip.asset_id not in [hit.asset.pk for hit in results.hits]:
        raise TourFailed("Searching for the prompt does not find the clip.")
    return "the upload by its name, the generated clip by its prompt"


def find_by_sight(tour: Tour) -> str:
    """The words are nowhere but in the pictures. A worker that is busy is asked again."""
    creator = tour.member(Role.CREATOR)

    def looked() -> Results | None:
        results = search.find(creator, words=SIGHT, limit=200)
        return results if results.seeing != Seeing.BUSY else None

    results = _wait(tour, looked, "Visual search stayed busy")
    for place, hit in enumerate(results.hits, start=1):
        if hit.asset.pk == tour.upload.asset_id and hit.matched == Match.SEEN:
            return f"“{SIGHT}” finds the upload, place {place} of {results.total}"
    raise TourFailed(f"“{SIGHT}” does not find the upload by its pictures ({results.seeing}).")


def refuse_draft(tour: Tour) -> str:
    try:
        _fetch(tour, Role.VIEWER)
    except Http404:
        return "not there for a viewer"
    raise TourFailed("A viewer could download a clip that no one has approved.")


def submit(tour: Tour) -> str:
    review = reviews.submit(tour.clip, by=tour.member(Role.CREATOR), note="An automated tour.")
    return ", then ".join(review.stages)


def refuse_self_approval(tour: Tour) -> str:
    """Even in a reviewer's role, who made the clip does not decide on it."""
    creator, review = tour.people[Role.CREATOR], _review(tour)
    member = Membership.objects.filter(brand=tour.brand, user=creator)
    member.update(role=_reviewer(review).value)
    try:
        _decide(review, by=tour.member(Role.CREATOR))
    except reviews.ReviewRefused as refused:
        return str(refused)
    finally:
        member.update(role=Role.CREATOR.value)
    raise TourFailed("The creator could approve their own clip.")


def approve(tour: Tour) -> str:
    review = _review(tour)
    role = _reviewer(review)
    _decide(review, by=tour.member(role))
    return f"by the {role.value.replace('_', ' ')}"


def _review(tour: Tour) -> Review:
    return Review.objects.select_related("version").get(version=tour.clip, state=ReviewState.OPEN)


def _reviewer(review: Review) -> Role:
    capability = policies.STAGES[review.stages[review.stage]].capability
    return next(role for role in ROLES if granted(role, capability))


def _decide(review: Review, *, by: Member) -> None:
    reviews.decide(
        review,
        by=by,
        kind=DecisionKind.APPROVE,
        expected_sha256=review.version.sha256,
        uses=(USE,),
        territories=(TERRITORY,),
        disclosed=Disclosed(looks_real=False, artistic=True, performer=False),
    )


def release(tour: Tour) -> str:
    def made() -> bool:
        return Version.objects.filter(pk=tour.clip.pk, release=ReleaseState.READY).exists()

    _wait(tour, made, "The release wasn't signed")
    return "for web, in the EU"


def download(tour: Tour) -> str:
    """As a viewer, through the page that delivers files: rights are asked, the trail notes what it's for."""
    data = _fetch(tour, Role.VIEWER)
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    tour.downloaded = settings.SCRATCH_DIR / f"tour-{tour.token}.mp4"
    tour.downloaded.write_bytes(data)
    return f"{len(data):,} bytes"


def _fetch(tour: Tour, role: Role) -> bytes:
    request = BrandRequest()
    request.method = "GET"
    request.GET = QueryDict(urlencode({"use": USE, "territory": TERRITORY}))
    request.brand, request.principal = tour.brand, tour.member(role)
    request.principal.require(Capability.DOWNLOAD_RELEASE)
    response = release_file.release_file(request, tour.clip.pk)
    if not isinstance(response, StreamingHttpResponse):
        raise TourFailed(f"The file wasn't sent: {response.status_code} {response.reason_phrase}.")

    async def read() -> bytes:
        return b"".join([block async for block in response])

    return async_to_sync(read)()


def check_download(tour: Tour) -> str:
    """The downloaded file proves its whole way: made by the model, then approved."""
    assert tour.downloaded is not None
    try:
        tour.verdict = verify.check(tour.downloaded)
    finally:
        tour.downloaded.unlink()
    if tour.verdict.state != State.TRUSTED:
        raise TourFailed(f"The released file is {tour.verdict.state}: {' '.join(tour.verdict.reasons)}")
    if len(tour.verdict.chain) < 2:
        raise TourFailed("The release doesn't name its master.")
    return f"{tour.verdict.state}, {len(tour.verdict.chain)} manifests"


def _wait(tour: Tour, ready: Callable[[], T | None], otherwise: str) -> T:
    """What `ready` returns, once it is something. Raises TourFailed when a worker takes too long."""
    end = time.monotonic() + tour.patience
    while not (answer := ready()):
        if time.monotonic() > end:
            raise TourFailed(f"{otherwise} within {tour.patience:.0f} seconds. Are the workers running?")
        time.sleep(POLL_SECONDS)
    return answer
