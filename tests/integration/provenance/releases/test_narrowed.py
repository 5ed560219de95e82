"""Released worldwide, withdrawn, approved again for internal use in Germany: the old file stays gone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.core import storage
from provenance.manifests import signing, tasks, verify
from provenance.manifests.c2pa_io import SigningFailed
from provenance.models import Release
from provenance.releases import known
from provenance.review import reviews
from provenance.review.states import DecisionKind
from tests.factories import member
from tests.release_factory import case_of, sign
from tests.review_factory import Case

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]
FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)
WITHDRAWN, AGAIN = FIRST + timedelta(days=40), FIRST + timedelta(days=50)


def approve(case: Case, *, uses: list[str], territories: list[str], at: datetime) -> None:
    review = reviews.submit(case.version, by=case.creator, at=at)
    for by in (case.brand_reviewer, case.legal_reviewer):
        reviews.decide(
            review,
            by=by,
            kind=DecisionKind.APPROVE,
            expected_sha256=case.version.sha256,
            uses=uses,
            territories=territories,
            at=at,
        )


@pytest.fixture
def case(servers: None, generated: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Withdrawn, and approved again for less; the second release waits for its worker."""
    cache.clear()
    case = case_of(generated)
    approve(case, uses=["web", "broadcast"], territories=["worldwide"], at=FIRST)
    with monkeypatch.context() as patch:
        patch.setattr("provenance.releases.worker.timezone.now", lambda: FIRST)
        sign(case.version)
    reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music", at=WITHDRAWN)
    case.version.refresh_from_db()
    approve(case, uses=["internal"], territories=["DE"], at=AGAIN)
    return case


def download(case: Case, query: str = "?use=other&territory=DE") -> Any:
    client = Client()
    client.force_login(member(case.brand, Role.VIEWER).user)
    return client.get(reverse("release-file", args=[case.brand.slug, case.version.pk]) + query)


def old_file() -> bytes:
    with storage.local_copy(Release.objects.earliest("pk").storage_key) as path:
        return path.read_bytes()


def verify_page(content: bytes) -> str:
    posted = Client().post(reverse("verify"), {"file": SimpleUploadedFile("clip.mp4", content)})
    address = posted.headers["Location"]
    tasks.verify_file(address.strip("/").rpartition("/")[2])
    return Client().get(address).content.decode()


def assert_told_as_withdrawn(html: str) -> None:
    assert "<h2>Withdrawn: do not use</h2>" in html
    assert "on 1 March 2026." in html
    assert "The release was withdrawn on 10 April 2026." in html


def test_until_the_new_file_is_signed_viewers_get_none(case: Case) -> None:
    assert download(case).status_code == 404
    assert_told_as_withdrawn(verify_page(old_file()))


def test_when_the_new_signing_fails_they_go_on_getting_none(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise SigningFailed("The key card is not in its slot.")

    monkeypatch.setattr(signing, "sign_release", fail)
    assert sign(case.version).state == "failed"
    assert download(case).status_code == 404
    assert_told_as_withdrawn(verify_page(old_file()))


def test_then_they_get_the_new_file_with_its_narrow_terms(case: Case, tmp_path: Path) -> None:
    new = sign(case.version)
    (tmp_path / "new.mp4").write_bytes(b"".join(download(case)))
    assert storage.sha256_of(tmp_path / "new.mp4") == new.sha256
    review = verify.check(tmp_path / "new.mp4").review
    assert review is not None
    assert (review.uses, review.territories) == (("internal",), ("DE",))
    assert download(case, "?use=broadcast").status_code == 403
    assert download(case, "?territory=US").status_code == 403
    assert_told_as_withdrawn(verify_page(old_file()))
    assert "Withdrawn" not in verify_page((tmp_path / "new.mp4").read_bytes())
    found = known.by_bytes(new.sha256)
    assert found is not None
    assert found.released_at > AGAIN
