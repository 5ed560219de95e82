"""An installation of 0.1 with something in every state (tests/upgrade), brought up to the code of today."""

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F, Model
from django.test import Client

from dam.accounts.models import Brand, Membership, User
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset, Rendition, Tag, Version
from dam.core import storage
from dam.embedded import postgres
from dam.ingest import uploads
from dam.ingest.models import Step, Upload
from dam.operations import stored
from dam.rights.models import RightsRecord
from dam.rights.visibility import visible_assets
from dam.search.models import Embedding, IndexState, Scope
from generation.models import GenerationJob
from provenance.models import ManifestRecord, Release
from provenance.releases import recovery
from provenance.review.models import Comment, Decision, Review
from tests.factories import principal
from tests.upgrade.before import Before

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DUMP = BASE_DIR / "tests" / "upgrade" / "demo-0.1.sql.gz"
DATABASE = "upgraded"

# What the development CA signed had been called trusted, and is a test certificate.
CALLED = {("dam_version", "trusted"): "test"}
# What must be there again, value for value. Where today's model calls a column otherwise: "old=today's".
KEPT: dict[str, tuple[type[Model], str]] = {
    "dam_user": (User, "email name is_active is_staff is_superuser date_joined"),
    "dam_brand": (Brand, "slug name accent_hue prompt_disclosure review_stages created_at"),
    "dam_membership": (Membership, "user_id brand_id role"),
    "dam_tag": (Tag, "brand_id name"),
    "dam_asset_tags": (Asset.tags.through, "asset_id tag_id"),
    "dam_asset": (
        Asset,
        "brand_id title description search_words origin created_by_id created_at updated_at trashed_at",
    ),
    "dam_version": (
        Version,
        "asset_id brand_id number sha256 size content_type filename storage_key created_by_id created_at"
        " processing processing_reason approval credentials media_info width height frame_count"
        " rate_numerator rate_denominator duration_ms",
    ),
    "dam_rendition": (
        Rendition,
        "version_id kind sha256 size content_type storage_key width height details created_at",
    ),
    "dam_rightsrecord": (
        RightsRecord,
        "version_id licence rights_holder uses territories embargo_until valid_until restriction updated_at",
    ),
    "dam_upload": (Upload, "brand_id user_id filename size received state code reason version_id created_at"),
    "dam_step": (Step, "version_id name state reason attempts started_at finished_at"),
    "dam_event": (
        Event,
        "brand_id sequence at actor_id actor_name=sealed_name verb asset_id target data previous_hash hash",
    ),
    "provenance_review": (
        Review,
        "brand_id version_id content_sha256 stages stage state submitted_by_id submitted_at note due_at"
        " closed_at",
    ),
    "provenance_decision": (
        Decision,
        "review_id stage kind decided_by_id decided_at content_sha256 comment uses territories valid_until",
    ),
    "provenance_comment": (
        Comment,
        "version_id author_id body frame created_at resolved_at resolved_by_id",
    ),
    "provenance_manifestrecord": (ManifestRecord, "version_id sha256 state report checked_at"),
    "generation_generationjob": (
        GenerationJob,
        "brand_id requested_by_id brief take prompt negative_prompt seed frames width height rate_numerator"
        " rate_denominator steps guidance model understood state reason step attempts cancel_requested_at"
        " created_at started_at progressed_at finished_at version_id",
    ),
}

# Released files, and what was read from them, are looked for as releases.
RELEASES = {"dam_rendition": "kind = 'release'", "provenance_manifestrecord": "rendition_id IS NOT NULL"}


# Their rows have no key of their own any more, and a pooled one beside them.
EMBEDDINGS = {"dam_embedding": ("version_id", "encoder", "frame", "time_ms")}


def names(table: str, *, old: bool) -> tuple[str, ...]:
    pairs = [name.partition("=") for name in KEPT[table][1].split()]
    return tuple(before if old else today or before for before, _, today in pairs)


@pytest.fixture(scope="module")
def before(servers: None, django_db_blocker: Any) -> Iterator[Before]:
    """The old database's own words; the upgraded one is the default as long as this module runs."""
    with psycopg.connect(postgres.url(settings.DATA_DIR, database="postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE}")
        url = postgres.url(settings.DATA_DIR, database=DATABASE)
        try:
            before = load(url)
            leave_received(before)
            migrate(url)
            with django_db_blocker.unblock(), default_database(DATABASE):
                yield before
        finally:
            server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def load(url: str) -> Before:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(gzip.decompress(DUMP.read_bytes()))
    with psycopg.connect(url) as database:
        return Before(
            database, {table: names(table, old=True) for table in KEPT} | EMBEDDINGS, without=RELEASES
        )


def leave_received(before: Before) -> None:
    """The files of the uploads under way, where 0.1 kept them; the dump has the database alone."""
    scratch = settings.SCRATCH_DIR / "uploads"
    scratch.mkdir(parents=True, exist_ok=True)
    for pk, received in under_way(before).items():
        (scratch / f"{pk}.part").write_bytes(b"x" * received)


def under_way(before: Before) -> dict[Any, int]:
    """What had come of each upload that waits for its next piece or for a worker."""
    state, received = (names("dam_upload", old=True).index(column) for column in ("state", "received"))
    rows = before.rows["dam_upload"].items()
    return {pk: row[received] for pk, row in rows if row[state] in ("receiving", "received")}


def migrate(url: str) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input"],
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


@contextmanager
def default_database(name: str) -> Iterator[None]:
    """Django's connection to another database of the same server, for a while."""

    def move(target: str) -> None:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict["NAME"] = target

    usual = str(connection.settings_dict["NAME"])
    move(name)
    try:
        yield
    finally:
        move(usual)


def test_the_dump_has_something_in_every_state(before: Before) -> None:
    """Else what follows would say nothing."""
    assert before.values("dam_version", "approval") == {
        "draft", "in_review", "changes_requested", "rejected", "approved", "withdrawn",
    }  # fmt: skip
    assert before.values("dam_upload", "state") == {
        "receiving", "received", "taken", "known", "refused", "cancelled",
    }  # fmt: skip
    assert before.values("dam_step", "state") >= {"waiting", "running", "done", "failed"}
    assert before.values("provenance_review", "state") >= {
        "open", "approved", "changes_requested", "rejected", "withdrawn", "revoked",
    }  # fmt: skip
    assert before.values("generation_generationjob", "state") >= {
        "requested", "generating", "done", "failed", "cancelled",
    }  # fmt: skip
    assert all((before.ready, before.withdrawn, before.replaced, before.failed, before.signing))
    assert before.must_see != before.may_see


def called_today(table: str, value: object) -> object:
    return CALLED.get((table, value), value) if isinstance(value, str) else value


@pytest.mark.parametrize("table", KEPT)
def test_every_row_is_there_with_its_values(before: Before, table: str) -> None:
    columns = names(table, old=False)
    today = {row[0]: row[1:] for row in KEPT[table][0]._default_manager.values_list("pk", *columns)}
    old = {key: tuple(called_today(table, value) for value in row) for key, row in before.rows[table].items()}
    assert old
    if table == "dam_version":  # trust in the development CA alone has a name of its own now
        old = {key: tuple("test" if each == "trusted" else each for each in row) for key, row in old.items()}
    assert {key: today.get(key) for key in old} == old


def test_what_was_seen_is_found_by_the_same_encoder_at_the_same_times(before: Before) -> None:
    frames = Embedding.objects.filter(scope=Scope.FRAME)
    today = frames.values_list("version_id", "encoder__identity", "frame", "start_ms")
    old = sorted(before.rows["dam_embedding"].values())
    assert old
    assert sorted(today) == old
    pooled = Embedding.objects.filter(scope=Scope.VERSION, encoder__state=IndexState.ACTIVE)
    assert set(pooled.values_list("version_id", flat=True)) == {version for version, *_ in old}
    assert {len(each.vector) for each in pooled} == {pooled[0].encoder.dimensions}


def test_uploads_under_way_go_on_from_where_they_stood(before: Before) -> None:
    had_come = {pk: received for pk, received in under_way(before).items() if received}
    assert had_come
    for upload in Upload.objects.filter(pk__in=had_come):
        staged = storage.stat(uploads.key_of(upload))
        assert staged is not None
        assert staged.size == had_come[upload.pk]


def test_what_was_current_is_the_latest(before: Before) -> None:
    assert dict(Asset.objects.values_list("pk", "latest_id")) == before.latest


def test_each_version_came_the_way_its_asset_did(before: Before) -> None:
    assert Version.objects.filter(origin="generated").exists()
    assert not Version.objects.exclude(origin=F("asset__origin")).exists()


def test_every_audit_chain_holds_and_goes_on(before: Before) -> None:
    transaction.set_autocommit(False)
    try:
        for brand in Brand.objects.all():
            trail.record(Verb.ASSET_EDITED, brand=brand, target="after the upgrade")
            assert trail.first_broken(brand) is None
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)


def test_the_trail_is_still_append_only(before: Before) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.update(target="nothing happened")


def test_people_see_what_they_saw(before: Before) -> None:
    for member in Membership.objects.select_related("user", "brand").filter(user__is_active=True):
        seen = set(visible_assets(principal(member.user, member.brand)).values_list("pk", flat=True))
        must, may = (by_member.get(member.pk, set()) for by_member in (before.must_see, before.may_see))
        assert must <= seen <= may, member


def test_releases_stand_as_their_reviews_and_files_did(before: Before) -> None:
    today = {
        state: dict(Release.objects.filter(state=state).values_list("review_id", "sha256"))
        for state in ("ready", "withdrawn", "failed", "signing")
    }
    assert today["ready"] == before.ready
    assert today["withdrawn"] == before.withdrawn | before.replaced
    assert set(today["failed"]) == before.failed
    assert set(today["signing"]) == before.signing


def test_what_has_a_file_of_its_approval_is_released(before: Before) -> None:
    versions = Review.objects.filter(pk__in=before.ready).values_list("version__asset_id", "version_id")
    released = Asset.objects.exclude(released=None)
    assert dict(released.values_list("pk", "released_id")) == dict(versions)


def test_a_release_keeps_the_file_that_was_its_rendition(before: Before) -> None:
    kept = Release.objects.exclude(storage_key="")
    assert {each.pk: each.sha256 for each in kept if each.sha256 in each.storage_key} == {
        each.pk: each.sha256 for each in kept
    }
    assert set(kept.values_list("sha256", flat=True)) == set(before.ready.values()) | set(
        before.withdrawn.values()
    )
    assert not Rendition.objects.filter(kind="release").exists()


def test_what_is_stored_is_counted_as_it_lies_there(before: Before) -> None:
    signed = Release.objects.exclude(storage_key="").values("version__brand").annotate(files=Count("pk"))
    counted = {
        brand_id: kept.files
        for brand_id, rows in stored.of_all().items()
        for kept in rows
        if kept.kind == "release" and kept.files
    }
    assert counted == {row["version__brand"]: row["files"] for row in signed}


def test_what_was_read_from_a_released_file_belongs_to_its_release(before: Before) -> None:
    records = ManifestRecord.objects.exclude(release=None).select_related("release")
    assert {str(each.release.sha256) for each in records if each.release} == {each.sha256 for each in records}
    assert set(before.ready.values()) <= {each.sha256 for each in records}


def test_a_version_knows_how_its_newest_release_stands(before: Before) -> None:
    for version in Version.objects.all():
        newest = Release.objects.filter(version=version).first()
        assert version.release == (newest.state if newest else "")


def test_releases_wait_for_nothing_but_a_worker(before: Before, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []

    def offer(task: str, release_id: int) -> bool:
        sent.append(release_id)
        return True

    monkeypatch.setattr("dam.core.tasks.offer", offer)
    with transaction.atomic():
        recovery.recover()
        transaction.set_rollback(True)
    waiting = Release.objects.filter(review_id__in=before.signing, state="signing")
    assert set(sent) == set(waiting.values_list("pk", flat=True))


def test_every_asset_still_has_its_page(before: Before) -> None:
    for brand in Brand.objects.filter(assets__isnull=False).distinct():
        client = Client()
        client.force_login(User.objects.get(email=f"creator@{brand.slug}.example"))
        for path in ("", "activity/", "reviews/"):
            assert client.get(f"/b/{brand.slug}/{path}").status_code == 200, path
        for asset in Asset.objects.filter(brand=brand, trashed_at=None):
            for part in ("", "review/", "credentials/"):
                answer = client.get(f"/b/{brand.slug}/assets/{asset.pk}/{part}")
                assert answer.status_code == 200, (asset.title, part)
