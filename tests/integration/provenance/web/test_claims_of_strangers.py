"""Who signs with a certificate of his own may claim anything: pages tell it as a claim, never as a fact."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from dam.core import storage
from provenance.manifests import records, signing, tasks, verify
from provenance.manifests.validation_codes import State
from tests import claim_factory, forgery
from tests.media_factory import clip
from tests.release_factory import case_of

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "media" / "trials"
APPROVED = "Approved for release by Northwind Drinks"


@pytest.fixture(autouse=True)
def _fresh(servers: None, settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"
    cache.clear()


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return clip(tmp_path / "plain.mp4")


def page(path: Path) -> str:
    """What the public verify page says of a file."""
    file = SimpleUploadedFile("clip.mp4", path.read_bytes())
    address = Client().post(reverse("verify"), {"file": file}).headers["Location"]
    tasks.verify_file(address.strip("/").rpartition("/")[2])
    return Client().get(address).content.decode()


def headlines(html: str) -> str:
    return " ".join(re.findall(r"<h[1-6][^>]*>(.*?)</h", html, flags=re.S))


def assert_only_claims(html: str) -> None:
    assert "Valid, signer unknown" in headlines(html)
    assert "Approved" not in headlines(html)
    assert "AI-generated with" not in headlines(html)
    assert "Signed by <" not in html
    assert "Decided by" not in html
    assert "verdict tone-ok" not in html
    assert "Test certificate" not in html
    assert not re.search(r"\bVerified\b", html)


def test_a_famous_name_on_a_certificate_of_ones_own_is_a_claim(plain: Path, tmp_path: Path) -> None:
    html = page(forgery.generated(plain, out=tmp_path / "forged.mp4"))
    assert_only_claims(html)
    assert "The file claims" in html
    assert "OpenAI Media Service, OpenAI" in html
    assert "Claimed date: 22 November 2026" in html


def test_a_self_made_ca_named_like_ours_approves_nothing(plain: Path, tmp_path: Path) -> None:
    html = page(forgery.release(plain, out=tmp_path / "forged.mp4"))
    assert_only_claims(html)
    assert f"The file claims: <bdi>“{APPROVED}”</bdi>" in html
    assert "Claims a decision by" in html


def test_every_manifest_of_a_chain_is_judged_by_its_own_signer(plain: Path, tmp_path: Path) -> None:
    """Ours, on top of a stranger's release of a stranger's release: two claims below one fact."""
    first = forgery.release(plain, out=tmp_path / "first.mp4")
    second = forgery.release(first, out=tmp_path / "second.mp4")
    ours = tmp_path / "ours.mp4"
    signing.sign_release(second, out=ours, facts=claim_factory.release(organisation="We"))
    report = verify.check(ours)
    assert report.state is State.VALID
    assert [manifest.trusted for manifest in report.chain] == [True, False, False]
    titles = headlines(page(ours))
    assert "Approved for release by We" in titles
    assert APPROVED not in titles
    assert titles.count("Signed by an unknown signer") == 2


def test_a_stranger_who_names_our_release_as_his_parent_gains_nothing(plain: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours.mp4"
    signing.sign_release(plain, out=ours, facts=claim_factory.release())
    report = verify.check(forgery.release(ours, out=tmp_path / "forged.mp4", name="Somebody"))
    assert [(m.trusted, m.proven) for m in report.chain] == [(False, False), (True, False)]
    html = page(tmp_path / "forged.mp4")
    assert "Valid, signer unknown" in headlines(html)
    assert APPROVED not in headlines(html)
    assert "Named as its origin by an unknown signer" in headlines(html)


def test_an_approval_does_not_outlive_the_content(plain: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours.mp4"
    signing.sign_release(plain, out=ours, facts=claim_factory.release())
    content = bytearray(ours.read_bytes())
    content[content.rindex(b"mdat") + 300] ^= 1
    ours.write_bytes(content)
    html = page(ours)
    assert "Altered after signing" in headlines(html)
    assert APPROVED not in headlines(html)


def test_an_upload_of_a_stranger_is_no_trusted_master(plain: Path, tmp_path: Path) -> None:
    case = case_of(forgery.release(plain, out=tmp_path / "forged.mp4"))
    records.check_master(case.version)
    client = Client()
    client.force_login(case.creator.user)
    html = client.get(reverse("asset-credentials", args=[case.brand.slug, case.version.asset_id]))
    assert_only_claims(html.content.decode().replace("Verify a file", ""))
    case.version.refresh_from_db()
    assert case.version.credentials == "valid"


@pytest.mark.parametrize(
    "name", ["Open\u202eAI", "Open\u2066AI\u2069", "Open\u200bAI", "OpenAI\nSigned by us"]
)
def test_a_name_that_reads_otherwise_than_it_is_is_shown_as_it_is(
    plain: Path, tmp_path: Path, name: str
) -> None:
    path = forgery.generated(plain, out=tmp_path / "forged.mp4", organisation=name, name=name)
    hidden = set("\u202e\u2066\u2069\u200b")
    assert not hidden & set(page(path))
    for options in ([], ["--json"]):
        out = io.StringIO()
        call_command("verify", str(path), *options, stdout=out)
        assert not hidden & set(out.getvalue())
        assert "\n  Signed by us" not in out.getvalue()
        assert "\nSigned by us" not in out.getvalue()


def test_a_claim_does_not_end_its_own_quotation(plain: Path, tmp_path: Path) -> None:
    """Whoever reads it would take what follows for our words."""
    trick = "Us”. Verified by “Northwind"
    path = forgery.release(
        plain, out=tmp_path / "f.mp4", name=trick, facts=claim_factory.release(organisation=trick)
    )
    html, out = page(path).partition("What the file claims")[0], io.StringIO()
    call_command("verify", str(path), stdout=out)
    assert html.count("Verified by") == out.getvalue().count("Verified by") + 1 == 2
    for text in (html, out.getvalue()):
        assert "Us”" not in text
        assert "“Northwind" not in text


def test_the_command_tells_a_strangers_name_as_a_claim(plain: Path, tmp_path: Path) -> None:
    forged, out = forgery.generated(plain, out=tmp_path / "forged.mp4"), io.StringIO()
    call_command("verify", str(forged), stdout=out)
    assert ": valid\n" in out.getvalue()
    assert "claims to be signed by “OpenAI Media Service”" in out.getvalue()


def test_a_test_certificate_is_amber_everywhere(plain: Path, tmp_path: Path) -> None:
    ours, out = tmp_path / "ours.mp4", io.StringIO()
    signing.sign_generated(plain, out=ours, facts=claim_factory.generated())
    html = page(ours)
    assert "Signed with a test certificate" in headlines(html)
    assert "22 November 2026" in html
    assert "Claimed date" not in html
    assert "verdict tone-warn" in html
    assert "tone-ok" not in html.partition("<main")[2]
    call_command("verify", str(ours), stdout=out)
    assert ": trusted (test certificate)" in out.getvalue()
    case = case_of(ours)
    records.check_master(case.version)
    case.version.refresh_from_db()
    assert case.version.credentials == "test"
    client = Client()
    client.force_login(case.creator.user)
    card = client.get(reverse("asset-card", args=[case.brand.slug, case.version.asset_id])).content.decode()
    assert 'title="Signed with a test certificate"' in card
    assert "Credentials: trusted" not in card
    assert storage.sha256_of(ours) == case.version.sha256


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
def test_the_forged_file_of_the_trials_is_a_claim() -> None:
    html = page(SHARED / "42_forged_openai.mp4")
    assert_only_claims(html)
    assert "OpenAI" in html
