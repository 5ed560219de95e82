"""Fills a running installation of 0.1 with every state that its code knows, by that code's own verbs.

Run it with the code of 0.1, beside its `manage.py up` (README.md here says how). It ends with the workers
stopped in the middle of things, as a power cut would: what is queued then, the next version has to take up.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dam.settings")
django.setup()

import imageio_ffmpeg
import psutil
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from dam.accounts import demo
from dam.accounts.models import Brand, Membership, User
from dam.audit.models import Event
from dam.catalog import assets
from dam.catalog.models import Processing, Version
from dam.core.tasks import enqueue
from dam.ingest import intake, steps, uploads
from dam.ingest.models import Step, Upload
from dam.media.refusals import Refused
from dam.search import text
from generation import briefs, jobs
from generation.generators import catalogue
from generation.models import GenerationJob
from provenance.models import Review
from provenance.review import comments, reviews
from provenance.review.models import Comment
from provenance.review.states import DecisionKind

PATIENCE = 300.0
DAY = timedelta(days=1)


def person(email: str) -> User:
    return User.objects.get(email=email)


def wait(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"Not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.1)


# People and brands


def join(slug: str, name: str, email: str, role: str) -> User:
    call_command("member", email, brand=slug, role=role, name=name)
    user = person(email)
    user.set_password(demo.PASSWORD)
    user.save()
    return user


def make_people() -> None:
    call_command("brand", "alder", "Alder Tea")
    call_command("brand", "birch", "Birch Soap")  # nobody ever does anything there
    Brand.objects.filter(slug="alder").update(
        review_stages=["legal"], prompt_disclosure="text", accent_hue=140
    )
    for role, name in (("creator", "Ana Alder"), ("legal_reviewer", "Lea Alder"), ("viewer", "Vic Alder")):
        join("alder", name, f"{role}@alder.example", role)
    join("alder", "", "brand_reviewer@northwind.example", "viewer")  # one person in two brands
    join("northwind", "Ira Left", "ira@northwind.example", "creator")
    join("northwind", "Gus Gone", "gus@northwind.example", "librarian")
    User.objects.create_superuser("root@northwind.example", demo.PASSWORD, name="Rita Root")


# Clips


def film(folder: Path, name: str, *, hue: int, seconds: float = 1.0, size: str = "160x90", rate: str = "25"):
    path = folder / name
    source = f"testsrc2=size={size}:rate={rate}:duration={seconds},hue=h={hue}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", source]
    subprocess.run([*command, "-c:v", "libx264", "-pix_fmt", "yuv420p", str(path)], check=True)
    return path


def send(path: Path, *, by: User, brand: Brand, only: int | None = None) -> Upload:
    """Upload a file as a browser does, or the first `only` bytes of it."""
    data = path.read_bytes()
    upload = uploads.create(brand=brand, user=by, filename=path.name, size=len(data))
    data = data[:only]
    with suppress(Refused):
        for offset in range(0, len(data), 1 << 20):
            piece = data[offset : offset + (1 << 20)]
            upload = uploads.write(upload, offset=offset, piece=BytesIO(piece), length=len(piece))
    return upload


class Library:
    """Uploads by title: bring them in first, then wait for all of them together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent: dict[str, Upload] = {}
        self.hue = 0

    def bring(self, title: str, *, by: User, brand: Brand, suffix: str = ".mp4", rate: str = "25") -> None:
        self.hue += 7
        path = film(self.folder, f"{title}{suffix}", hue=self.hue, rate=rate)
        self.sent[title] = send(path, by=by, brand=brand)

    def version(self, title: str) -> Version:
        upload = self.sent[title]
        upload.refresh_from_db()
        return Version.objects.select_related("asset", "brand").get(pk=upload.version_id)

    def wait_for_all(self) -> None:
        ids = [upload.pk for upload in self.sent.values()]
        ready = Upload.objects.filter(pk__in=ids, version__processing=Processing.READY)
        wait(lambda: ready.count() == len(ids), "every upload processed")


# Review


def submit(version: Version, *, at: datetime | None = None, **given: object) -> Review:
    version.refresh_from_db()
    return reviews.submit(version, by=version.created_by, at=at, **given)


def approve(review: Review, *, until: datetime | None = None, at: datetime | None = None) -> None:
    """Approve the stage that is waited for, by the brand's reviewer of that stage."""
    review = Review.objects.get(pk=review.pk)
    role = f"{review.position.stage_name}_reviewer"
    by = Membership.objects.get(brand=review.brand, role=role, user__is_active=True).user
    reviews.decide(
        review,
        by=by,
        kind=DecisionKind.APPROVE,
        expected_sha256=review.content_sha256,
        uses=["web", "social"],
        territories=["DE", "FR"],
        valid_until=until,
        at=at,
    )


def approve_all(version: Version, *, until: datetime | None = None, at: datetime | None = None) -> Review:
    review = submit(version, at=at)
    for _ in review.stages:
        approve(review, until=until, at=at)
    return review


def answer(review: Review, kind: DecisionKind, comment: str) -> None:
    review = Review.objects.get(pk=review.pk)
    role = f"{review.position.stage_name}_reviewer"
    by = Membership.objects.get(brand=review.brand, role=role, user__is_active=True).user
    reviews.decide(review, by=by, kind=kind, expected_sha256=review.content_sha256, comment=comment)


def revoke(version: Version, reason: str) -> None:
    by = Membership.objects.get(brand=version.brand, role="legal_reviewer", user__is_active=True).user
    reviews.revoke(version, by=by, reason=reason)


def wait_for(version: Version, verb: str, times: int = 1) -> None:
    events = Event.objects.filter(asset_id=version.asset_id, verb=verb)
    wait(lambda: events.count() >= times, f"{verb} of {version}")


def release(version: Version, **given: object) -> Review:
    signed = Event.objects.filter(asset_id=version.asset_id, verb="release.signed").count()
    review = approve_all(version, **given)
    wait_for(version, "release.signed", signed + 1)
    return review


@contextmanager
def damaged(path: Path):
    """The file with a byte too many, for a while."""
    whole = path.read_bytes()
    path.write_bytes(whole + b"!")
    try:
        yield
    finally:
        path.write_bytes(whole)


def release_in_vain(version: Version) -> Review:
    with damaged(Path(settings.STORAGE) / version.storage_key):
        review = approve_all(version)
        wait_for(version, "release.failed")
    return review


def download(version: Version, kind: str, *, by: User) -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(by, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get(f"/b/{version.brand.slug}/files/{version.pk}/{kind}")
    assert response.status_code == 200, (response.status_code, response.request["PATH_INFO"])
    b"".join(response)


# What is there in the end

DRAFT = "A draft with words and tags"
REMARKS = "A draft with remarks"
BRAND_STAGE = "Waits for the brand review"
LEGAL_STAGE = "Waits for the legal review"
TAKEN_BACK = "Taken back by its maker"
CHANGES = "Sent back with remarks"
CHANGES_LEGAL = "Sent back by legal"
AGAIN = "Sent back, submitted again"
REJECTED = "Rejected by legal"
RELEASED = "Approved and released"
MKV = "Approved and released from an MKV"
MOV = "Approved and released from a MOV"
EXPIRED = "Released, its clearance has ended"
STEP_FAILED_RELEASED = "Released, then a step failed"
FAILED = "Approved, its release failed"
FAILED_THEN_SIGNED = "Approved, its release failed, then signed"
WITHDRAWN = "Approval withdrawn after its release"
WITHDRAWN_UNSIGNED = "Approval withdrawn before any release"
REAPPROVED = "Withdrawn, approved again, released again"
REAPPROVED_FAILED = "Withdrawn, approved again, second release failed"
WITHDRAWN_IN_REVIEW = "Withdrawn, in review again"
TRASHED = "A draft in the trash"
TRASHED_RELEASED = "Released, in the trash"
TRASHED_IN_REVIEW = "In review, in the trash"
RESTORED = "Out of the trash again"
STEP_FAILED = "A step of it failed"
IRA = "Made by somebody who left"
SIGNING = "Approved, its release not signed yet"
SIGNING_AGAIN = "Withdrawn, approved again, not signed yet"
IN_THE_MIDDLE = "Its proxy was being made"
JUST_TAKEN = "Imported, no step done yet"
NORTHWIND = (
    DRAFT, REMARKS, BRAND_STAGE, LEGAL_STAGE, TAKEN_BACK, CHANGES, CHANGES_LEGAL, AGAIN, REJECTED, RELEASED,
    MKV, MOV, EXPIRED, STEP_FAILED_RELEASED, FAILED, FAILED_THEN_SIGNED, WITHDRAWN, WITHDRAWN_UNSIGNED,
    REAPPROVED, REAPPROVED_FAILED, WITHDRAWN_IN_REVIEW, TRASHED, TRASHED_RELEASED, TRASHED_IN_REVIEW,
    RESTORED, STEP_FAILED, SIGNING, SIGNING_AGAIN,
)  # fmt: skip
ALDER_DRAFT = "Alder: a draft"
ALDER_STAGE = "Alder: waits for legal, the only stage"
ALDER_RELEASED = "Alder: released"


def bring_in(library: Library, northwind: Brand, alder: Brand) -> None:
    carla = person("creator@northwind.example")
    for title in NORTHWIND:
        kinds = {MKV: (".mkv", "24000/1001"), MOV: (".mov", "30000/1001")}
        suffix, rate = kinds.get(title, (".mp4", "25"))
        library.bring(title, by=carla, brand=northwind, suffix=suffix, rate=rate)
    library.bring(IRA, by=person("ira@northwind.example"), brand=northwind)
    ana = person("creator@alder.example")
    for title in (ALDER_DRAFT, ALDER_STAGE, ALDER_RELEASED):
        library.bring(title, by=ana, brand=alder)
    # The same bytes in two brands, and a second time in one.
    send(library.folder / f"{DRAFT}.mp4", by=ana, brand=alder)
    send(library.folder / f"{RELEASED}.mp4", by=carla, brand=northwind)
    library.wait_for_all()


def half_uploads(folder: Path, brand: Brand) -> None:
    carla = person("creator@northwind.example")
    send(film(folder, "half way.mp4", hue=3, seconds=8), by=carla, brand=brand, only=100_000)
    uploads.create(brand=brand, user=carla, filename="not begun.mp4", size=5_000_000)
    uploads.cancel(send(film(folder, "cancelled.mp4", hue=5), by=carla, brand=brand, only=4096))
    words = folder / "words.mp4"
    words.write_text("No film at all. " * 1000)
    send(words, by=carla, brand=brand)
    cut = folder / "cut off.mp4"
    cut.write_bytes(film(folder, "whole.mp4", hue=9).read_bytes()[:3000])
    send(cut, by=carla, brand=brand)


def edit_words(library: Library) -> None:
    asset, gus = library.version(DRAFT).asset, person("gus@northwind.example")
    assets.edit(asset, by=gus, title=DRAFT, description="Ünïcode, “quotes”,\na second line.")
    assets.edit(asset, by=gus, tag_names=["summer", "café", "autumn"])
    text.refresh(asset)
    gus.delete()
    User.objects.filter(email="ira@northwind.example").update(is_active=False)


def remark(library: Library) -> None:
    ben, carla = person("brand_reviewer@northwind.example"), person("creator@northwind.example")
    version = library.version(REMARKS)
    comments.add(version, by=ben, body="Of the whole clip.")
    comments.add(version, by=ben, body="The first frame.", frame=0)
    resolved = comments.add(version, by=ben, body="The last frame\nin two lines.", frame=24)
    comments.resolve(resolved, by=carla)
    comments.add(library.version(CHANGES), by=ben, body="Too bright here.", frame=7)
    done = comments.add(library.version(CHANGES), by=ben, body="And here.", frame=12)
    comments.resolve(Comment.objects.get(pk=done.pk), by=ben)
    comments.add(library.version(RELEASED), by=carla, body="Thank you.")


def review(library: Library) -> None:
    v = library.version
    submit(v(BRAND_STAGE), note="Please look soon.", due_at=timezone.now() + 3 * DAY)
    approve(submit(v(LEGAL_STAGE)))
    reviews.withdraw(submit(v(TAKEN_BACK)), by=v(TAKEN_BACK).created_by)
    answer(submit(v(CHANGES)), DecisionKind.REQUEST_CHANGES, "See my remarks.")
    for title, kind in ((CHANGES_LEGAL, DecisionKind.REQUEST_CHANGES), (REJECTED, DecisionKind.REJECT)):
        passage = submit(v(title))
        approve(passage)
        answer(passage, kind, "The music is not ours.")
    answer(submit(v(AGAIN)), DecisionKind.REQUEST_CHANGES, "Slower, please.")
    submit(v(AGAIN), note="It is slow enough.")
    submit(v(TRASHED_IN_REVIEW))
    submit(v(ALDER_STAGE))


def release_and_withdraw(library: Library) -> None:
    v = library.version
    for title in (RELEASED, MKV, MOV, STEP_FAILED_RELEASED, TRASHED_RELEASED, ALDER_RELEASED):
        release(v(title))
    release(v(EXPIRED), at=timezone.now() - 40 * DAY, until=timezone.now() - 10 * DAY)
    for title in (FAILED, FAILED_THEN_SIGNED, WITHDRAWN_UNSIGNED):
        release_in_vain(v(title))
    enqueue("sign.release", version_id=str(v(FAILED_THEN_SIGNED).pk))  # as the page's button does
    wait_for(v(FAILED_THEN_SIGNED), "release.signed")
    revoke(v(WITHDRAWN_UNSIGNED), "The model's consent is missing.")
    for title in (WITHDRAWN, REAPPROVED, REAPPROVED_FAILED, WITHDRAWN_IN_REVIEW, SIGNING_AGAIN):
        release(v(title))
        revoke(v(title), "The licence of the music has ended.")
    release(v(REAPPROVED))
    release_in_vain(v(REAPPROVED_FAILED))
    submit(v(WITHDRAWN_IN_REVIEW))
    vera, carla = person("viewer@northwind.example"), person("creator@northwind.example")
    download(v(RELEASED), "release", by=vera)
    download(v(DRAFT), "master", by=carla)


def trash(library: Library) -> None:
    luis = person("librarian@northwind.example")
    for title in (TRASHED, TRASHED_RELEASED, TRASHED_IN_REVIEW, RESTORED):
        assets.trash(library.version(title).asset, by=luis)
    assets.restore(library.version(RESTORED).asset, by=luis)


def fail_steps(library: Library) -> None:
    carla = person("creator@northwind.example")
    for title, name in ((STEP_FAILED, "sprite"), (STEP_FAILED_RELEASED, "poster")):
        version = library.version(title)
        master = Path(settings.STORAGE) / version.storage_key
        whole = master.read_bytes()
        master.write_bytes(whole[:64])
        steps.retry(version, name, by=carla)
        failed = Step.objects.filter(version=version, name=name, state="failed")
        wait(failed.exists, f"{name} of {version} failed")
        master.write_bytes(whole)


def generate(northwind: Brand, alder: Brand) -> None:
    able = catalogue.read(Path(settings.GENERATOR_MODEL)).capabilities
    carla, ana = person("creator@northwind.example"), person("creator@alder.example")

    def request_jobs(prompt: str, *, by: User, brand: Brand, takes: int = 1) -> list[GenerationJob]:
        return jobs.request(brand=brand, by=by, brief=briefs.check(able, prompt=prompt, seed=7, takes=takes))

    def is_now(job: GenerationJob, state: str) -> Callable[[], bool]:
        return GenerationJob.objects.filter(pk=job.pk, state=state).exists

    first, second = request_jobs("A green ball rolling over grass", by=ana, brand=alder, takes=2)
    early = request_jobs("A blue ball nobody waited for", by=carla, brand=northwind)[0]
    jobs.cancel(early, by=carla)
    for take in (first, second):
        wait(is_now(take, "done"), "two takes of a brief")
    running = request_jobs("A yellow cube that somebody stopped", by=carla, brand=northwind)[0]
    wait(is_now(running, "generating"), "a job that runs")
    jobs.cancel(running, by=carla)
    wait(is_now(running, "cancelled"), "a job that was stopped")
    with damaged_key():
        failed = request_jobs("A grey cube that could not be signed", by=carla, brand=northwind)[0]
        wait(is_now(failed, "failed"), "a job that failed")


@contextmanager
def damaged_key():
    """No clip can be signed for a while: the certificate of the development CA can't be read."""
    path = settings.SIGNING_DIR / "development" / "generator.pem"
    whole = path.read_bytes()
    path.write_bytes(b"no key\n")
    try:
        yield
    finally:
        path.write_bytes(whole)


# The end: workers that stop in the middle


def workers(name: str) -> list[psutil.Process]:
    """The worker's process and its children, of this data folder only."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            ours = process.environ().get("DATA_DIR") == os.environ["DATA_DIR"]
            if ours and f"{name}@%h" in process.cmdline():
                found += [process, *process.children(recursive=True)]
    return found


def pause(name: str) -> None:
    for process in workers(name):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGSTOP)


def leave_in_the_middle(library: Library, folder: Path, brand: Brand) -> None:
    carla = person("creator@northwind.example")
    able = catalogue.read(Path(settings.GENERATOR_MODEL)).capabilities
    brief = briefs.check(able, prompt="A red star waiting in the queue", seed=11, takes=2)
    generating = jobs.request(brand=brand, by=carla, brief=brief)[0]
    now = GenerationJob.objects.filter(pk=generating.pk, state="generating", step__gt=0)
    wait(now.exists, "a job in the middle")
    pause("gpu")
    path = film(folder, f"{IN_THE_MIDDLE}.mp4", hue=1, seconds=40, size="1280x720")
    version = intake.take_from_disk(path, brand=brand, user=carla)
    wait(Step.objects.filter(version=version, name="proxy", state="running").exists, "a proxy in the middle")
    pause("worker")
    # From here on nobody works: what follows stays in its queue.
    intake.take_from_disk(film(folder, f"{JUST_TAKEN}.mp4", hue=2), brand=brand, user=carla)
    send(film(folder, "complete, not checked.mp4", hue=4), by=carla, brand=brand)
    for title in (SIGNING, SIGNING_AGAIN):
        approve_all(library.version(title))


def main() -> None:
    began = time.monotonic()
    say = lambda line: sys.stdout.write(f"{time.monotonic() - began:5.0f} s  {line}\n") and sys.stdout.flush()  # noqa: E731
    make_people()
    northwind, alder = Brand.objects.get(slug="northwind"), Brand.objects.get(slug="alder")
    with TemporaryDirectory() as name:
        library = Library(Path(name))
        bring_in(library, northwind, alder)
        say("uploads processed")
        half_uploads(library.folder, northwind)
        edit_words(library)
        remark(library)
        review(library)
        say("reviews")
        release_and_withdraw(library)
        trash(library)
        fail_steps(library)
        say("releases, trash and failed steps")
        generate(northwind, alder)
        say("jobs")
        leave_in_the_middle(library, library.folder, northwind)
        say("workers stopped in the middle")


if __name__ == "__main__":
    main()
