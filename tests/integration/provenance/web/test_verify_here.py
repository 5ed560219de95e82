"""What the verify page gives a browser to check a file by itself, and the look-up of a hash."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.core.storage import Stored
from provenance.models import Release
from provenance.releases.states import ReleaseStatus
from tests import release_factory
from tests.factories import VersionFactory

pytestmark = pytest.mark.django_db
SHA256 = "a" * 64


@pytest.fixture(autouse=True)
def _fresh(servers: None, settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"
    cache.clear()


def released(**fields: object) -> Release:
    version = VersionFactory.create(asset__brand__name="Northwind Drinks")
    return release_factory.ready(version, stored=Stored(key="x.mp4", sha256=SHA256, size=1000), **fields)


def look_up(sha256: str = SHA256) -> Any:
    return Client().post(reverse("verify-known"), {"sha256": sha256})


def test_the_rules_of_reading_need_no_account_and_hold_no_secret() -> None:
    response = Client().get(reverse("verify-reader"))
    rules = json.loads(response.content)
    assert rules["settings"]["verify"] == {"remote_manifest_fetch": False, "ocsp_fetch": False}
    assert rules["settings"]["core"]["allowed_network_hosts"] == []
    assert rules["addresses"]["wasm"].endswith(".wasm")
    assert "PRIVATE KEY" not in response.content.decode()
    assert rules["codes"]["assertion.bmffHash.mismatch"]["state"] == "altered"


def test_they_are_in_the_readers_language() -> None:
    rules = Client().get(reverse("verify-reader"), headers={"Accept-Language": "de"}).json()
    assert rules["notes"]["kind_without"] == "Dieser Dateityp kann keine Content Credentials enthalten."
    assert rules["places"]["DE"] == "Deutschland"


def test_only_the_page_itself_lets_webassembly_be_compiled() -> None:
    assert "'wasm-unsafe-eval'" in Client().get(reverse("verify")).headers["Content-Security-Policy"]
    others = (reverse("verify-reader"), reverse("verify-result", args=["x"]), reverse("account_login"))
    for address in others:
        assert "wasm" not in Client().get(address).headers["Content-Security-Policy"]


def test_a_hash_leads_to_todays_status_of_a_release() -> None:
    released()
    html = look_up().content.decode()
    assert "released by" in html
    assert "Northwind Drinks" in html
    assert "approved that release for" in html


def test_the_release_is_read_once() -> None:
    released()
    with CaptureQueriesContext(connection) as queries:
        assert look_up().status_code == 200
    assert len([each for each in queries if 'FROM "provenance_release"' in each["sql"]]) == 1


def test_a_withdrawn_release_is_named_as_such() -> None:
    released(state=ReleaseStatus.WITHDRAWN.value, ended_at=timezone.now())
    html = look_up().content.decode()
    assert "Withdrawn: do not use" in html


def test_a_clearance_that_has_ended_is_named_as_such() -> None:
    released(valid_until=timezone.now() - timedelta(days=1))
    assert "Clearance has ended: do not use" in look_up().content.decode()


def test_a_hash_that_nobody_knows_says_what_else_helps() -> None:
    released()
    html = look_up("b" * 64).content.decode()
    assert "No release here has exactly these bytes" in html
    assert "Northwind" not in html


@pytest.mark.parametrize("sha256", ["", "a" * 63, "A" * 64, "../" * 22, "a" * 64 + "\n"])
def test_what_is_no_hash_is_refused(sha256: str) -> None:
    assert look_up(sha256).status_code == 400


def test_it_counts_against_the_hour_of_the_page(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 2
    assert [look_up().status_code for _ in range(3)] == [200, 200, 429]


def test_other_sites_cant_ask() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("verify-known"), {"sha256": SHA256}).status_code == 403
