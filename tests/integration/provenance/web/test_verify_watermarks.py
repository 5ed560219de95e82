"""A copy that lost everything but its pictures finds its way home by its watermark."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from dam.core import storage
from dam.rights.models import RightsRecord
from provenance.releases import likeness, watermarked
from provenance.review import reviews
from tests.integration.provenance.releases.test_watermarked import copy_of, released
from tests.integration.provenance.web.test_verify_page import verdict_on

pytestmark = pytest.mark.django_db

CARRIES = "carries the invisible watermark of a clip that"


@pytest.fixture(autouse=True)
def _fresh(servers: None, settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"
    settings.WATERMARK_KEY = "the installation's own"
    cache.clear()


def stripped(master: Path) -> bytes:
    return copy_of(master, "-crf", "22", "-vf", "crop=iw*0.95:ih*0.95").read_bytes()


def test_it_is_found_again_and_what_that_proves_is_said(tmp_path: Path) -> None:
    master, case, _release = released(tmp_path)
    likeness.tend()
    html = verdict_on(stripped(master))
    assert "No Content Credentials" in html
    assert CARRIES in html
    assert f"{case.brand} approved that release for" in html
    assert "only a signature proves where a file comes from" in html
    assert "looks like a clip that" not in html  # the surer way first
    assert case.version.asset.title not in html
    reviews.revoke(case.version, by=case.legal_reviewer, reason="A mark was shown")
    html = verdict_on(stripped(master))
    assert "That release was withdrawn on" in html
    assert "A mark was shown" not in html


def test_the_exact_file_is_known_by_its_bytes_first(tmp_path: Path) -> None:
    _master, _case, release = released(tmp_path)
    with storage.local_copy(release.storage_key) as path:
        html = verdict_on(path.read_bytes())
    assert "This exact file was released by" in html
    assert CARRIES not in html


def test_nobody_is_told_before_an_embargo_ends(tmp_path: Path) -> None:
    master, case, _release = released(tmp_path)
    later = timezone.now() + timedelta(days=9)
    RightsRecord.objects.filter(version=case.version).update(embargo_until=later)
    html = verdict_on(stripped(master))
    assert CARRIES not in html
    assert case.brand.name not in html
    # Nor that there was one, once it is withdrawn before that day.
    reviews.revoke(case.version, by=case.legal_reviewer, reason="A mark was shown")
    assert case.brand.name not in verdict_on(stripped(master))


def test_that_no_watermark_can_be_looked_for_leaves_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, _case, _release = released(tmp_path)
    likeness.tend()

    def fail(*_args: object) -> None:
        raise OSError("the secret can't be read")

    monkeypatch.setattr(watermarked, "look", fail)
    assert "looks like a clip that" in verdict_on(stripped(master))
