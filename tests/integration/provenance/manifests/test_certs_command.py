"""From a request to a certificate that signs, and what is refused on the way."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command

from dam.catalog.models import Version
from dam.core import sandbox, storage
from provenance.manifests import (
    development_ca,
    records,
    revocations,
    signers,
    signing,
    trust_anchors,
    verify,
)
from provenance.manifests.development_ca import CLAIM_SIGNING, Purpose, key_usage
from provenance.manifests.validation_codes import State
from tests import claim_factory, release_factory
from tests.factories import VersionFactory
from tests.release_factory import case_of

PEM = serialization.Encoding.PEM


def run(*args: object, **options: Any) -> str:
    out = StringIO()
    call_command("certs", *map(str, args), stdout=out, **options)
    return out.getvalue()


class Authority:
    """One that certifies what it is sent; `uses` and the rest as the test wants them."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "House CA")])
        self.certificate = (
            self._begun(self.name, self.key.public_key(), days=900)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(key_usage(signs_certificates=True), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def certify(
        self,
        public: Any,
        *,
        uses: list[Any] | None = None,
        days: int = 300,
        usage: x509.KeyUsage | None = None,
        issuer_known: bool = True,
    ) -> x509.Certificate:
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Northwind"),
                x509.NameAttribute(NameOID.COMMON_NAME, "Northwind releases"),
            ]
        )
        made = self._begun(name, public, days=days)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(usage or key_usage(signs_certificates=False), critical=True)
        if uses != []:
            made = made.add_extension(x509.ExtendedKeyUsage(uses or [CLAIM_SIGNING]), critical=False)
        if issuer_known:
            known = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
            made = made.add_extension(known, critical=False)
        return made.sign(self.key, hashes.SHA256())

    def _begun(self, name: x509.Name, public: Any, *, days: int) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """A folder with a key and a request."""
    run("request", name="Northwind releases", organisation="Northwind", country="de", out=tmp_path / "asked")
    return tmp_path / "asked"


def chain(asked: Path, authority: Authority, **changes: Any) -> Path:
    wanted = x509.load_pem_x509_csr((asked / "request.csr").read_bytes())
    leaf = authority.certify(wanted.public_key(), **changes)
    path = asked / "chain.pem"
    path.write_bytes(leaf.public_bytes(PEM) + authority.certificate.public_bytes(PEM))
    return path


def test_a_request_names_the_signer_and_asks_for_claims(asked: Path) -> None:
    wanted = x509.load_pem_x509_csr((asked / "request.csr").read_bytes())
    assert wanted.is_signature_valid
    assert wanted.subject.rfc4514_string() == "CN=Northwind releases,O=Northwind,C=DE"
    assert CLAIM_SIGNING in wanted.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert (asked / "key.pem").stat().st_mode & 0o077 == 0


def test_a_key_that_is_there_is_never_replaced(asked: Path) -> None:
    before = (asked / "key.pem").read_text()
    with pytest.raises(CommandError, match="already"):
        run("request", name="N", organisation="N", country="DE", out=asked)
    assert (asked / "key.pem").read_text() == before


def test_what_the_authority_sent_signs_once_it_is_installed(
    asked: Path, authority: Authority, plain: Path, tmp_path: Path, settings: Any
) -> None:
    said = run("install", chain(asked, authority), asked / "key.pem", purpose="generator")
    set_to = dict(line.split("=") for line in said.splitlines() if line.startswith("SIGNING_"))
    assert sorted(set_to) == ["SIGNING_GENERATOR_CHAIN", "SIGNING_GENERATOR_KEY"]
    for name, value in set_to.items():
        setattr(settings, name, value)
    report = signing.sign_generated(plain, out=tmp_path / "out.mp4", facts=claim_factory.generated())
    assert (report.state, report.development) == (State.TRUSTED, False)
    assert "Northwind releases" in run("show")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "run out": ({"days": -1}, "until"),
    "for servers": ({"uses": [Use.SERVER_AUTH]}, "extended key usage names none"),
    "for nothing": ({"uses": []}, "extended key usage names none"),
    "for anything": ({"uses": [CLAIM_SIGNING, Use.ANY_EXTENDED_KEY_USAGE]}, "anything"),
    "for timestamps too": ({"uses": [CLAIM_SIGNING, Use.TIME_STAMPING]}, "timestamps"),
    "for certificates": ({"usage": key_usage(signs_certificates=True)}, "digital signatures"),
    "of nobody known": ({"issuer_known": False}, "authority key identifier"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_certificate_that_is_not_for_content_is_refused(
    what: str, asked: Path, authority: Authority, settings: Any
) -> None:
    changes, words = WRONG[what]
    with pytest.raises(CommandError, match=words):
        run("install", chain(asked, authority, **changes), asked / "key.pem", purpose="reviewer")
    assert not (settings.SIGNING_DIR / "installed").exists()


def test_another_key_is_refused(asked: Path, authority: Authority, tmp_path: Path) -> None:
    run("request", name="Another", organisation="N", country="DE", out=tmp_path / "another")
    with pytest.raises(CommandError, match="doesn't match the key"):
        run("check", chain(asked, authority), tmp_path / "another" / "key.pem")


def test_a_chain_in_another_order_is_refused(asked: Path, authority: Authority) -> None:
    path = chain(asked, authority)
    stranger = Authority().certificate.public_bytes(PEM)
    path.write_bytes(path.read_bytes().split(b"-----END")[0] + b"-----END CERTIFICATE-----\n" + stranger)
    with pytest.raises(CommandError, match="didn't issue"):
        run("check", path, asked / "key.pem")


def test_what_signs_clips_may_not_sign_approvals(asked: Path, authority: Authority, settings: Any) -> None:
    path = chain(asked, authority)
    settings.SIGNING_GENERATOR_CHAIN, settings.SIGNING_GENERATOR_KEY = str(path), str(asked / "key.pem")
    with pytest.raises(CommandError, match="separate certificate"):
        run("install", path, asked / "key.pem", purpose="reviewer")


def test_it_says_what_the_conformance_program_would_not_take(asked: Path, authority: Authority) -> None:
    said = run("check", chain(asked, authority, days=800, uses=[Use.EMAIL_PROTECTION]), asked / "key.pem")
    assert "366 days" in said
    assert "claims by name" in said
    assert "can sign content until" in said


def test_it_shows_what_signs_and_whose_timestamps_are_believed(settings: Any) -> None:
    told = json.loads(run("show", json=True))
    assert "development" in told["signers"]["reviewer"]["name"]
    assert told["timestamps"] == ""
    assert told["timestamps_believed"] == ["C2PA-TSA-TRUST-LIST-2026-08-21.pem"]
    settings.SIGNING_REVIEWER_KEY = "key.pem"
    assert "Set both SIGNING_REVIEWER_CHAIN" in run("show")


@pytest.mark.django_db
def test_it_lists_the_releases_that_rest_on_a_certificate(generated: Path, settings: Any) -> None:
    version, report = VersionFactory.create(), verify.check(generated)
    stored = storage.put(generated, brand_id=version.brand_id, suffix=".mp4")
    release = release_factory.ready(version, stored=stored)
    records.keep(version, report, sha256=stored.sha256, release_id=release.pk)
    folder = settings.SIGNING_DIR / "development"
    pem = development_ca.credential_pem(folder, Purpose.GENERATOR)
    leaf = x509.load_pem_x509_certificate(pem.encode())
    [one] = map(json.loads, run("releases", "--serial", f"{leaf.serial_number:x}", json=True).splitlines())
    assert (one["sha256"], one["timestamp"]) == (stored.sha256, "")
    assert one["until"].startswith(f"{leaf.not_valid_after_utc:%Y-%m-%d}")
    assert run("releases", "--serial", "abc") == "0 released files.\n"


@pytest.mark.django_db
def test_what_is_kept_is_judged_anew_when_others_are_trusted(
    generated: Path, tmp_path: Path, settings: Any
) -> None:
    case = case_of(generated)
    records.check_master(case.version)
    release = release_factory.ready(case.version, stored=kept(generated, case.version))
    records.keep(case.version, verify.check(generated), sha256=release.sha256, release_id=release.pk)
    assert "2 files verified again, 0 with another verdict." in run("recheck")
    settings.SIGNING_DIR = tmp_path / "another"
    said = run("recheck")
    assert "2 files verified again, 2 with another verdict." in said
    assert "release: trusted, now valid" in said
    case.version.refresh_from_db()
    assert case.version.credentials == "valid"


@pytest.mark.django_db
def test_a_file_that_is_missing_is_told_and_passed_over(generated: Path) -> None:
    case = case_of(generated)
    records.check_master(case.version)
    storage.delete(case.version.storage_key)
    assert "0 files verified again" in run("recheck")


def kept(file: Path, version: Version) -> storage.Stored:
    with storage.scratch() as folder:
        return storage.put(
            Path(shutil.copy(file, folder / "copy.mp4")), brand_id=version.brand_id, suffix=".mp4"
        )


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_just_now_keeps_its_verdict_and_ends_nothing(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_of(generated)
    records.check_master(case.version)
    case.version.refresh_from_db()
    before = case.version.credentials

    def interrupted(_record: object) -> None:
        raise sandbox.Interrupted("stopped from outside")

    monkeypatch.setattr(records, "check_again", interrupted)
    assert "0 files verified again" in run("recheck")
    case.version.refresh_from_db()
    assert case.version.credentials == before


def released_with(generated: Path) -> tuple[str, str]:
    """The serial number of the reviewers' certificate, and the hash of what it released."""
    case = case_of(generated)
    case.approve_all()
    release = release_factory.sign(case.version)
    serial = json.loads(run("show", "--json"))["signers"]["reviewer"]["serial"]
    return serial, release.sha256


@pytest.mark.django_db
def test_a_drill_says_what_a_stolen_key_means_and_changes_nothing(generated: Path) -> None:
    serial, sha256 = released_with(generated)
    said = run("revoke", serial, "--stolen", "2020-01-01")
    assert "Signs now: reviewer. Released with it: 1." in said
    assert f"in doubt: signed after the theft, without a timestamp  {sha256}" in said
    assert "This was a drill" in said
    assert json.loads(run("show", "--json"))["signers"]["reviewer"]["serial"] == serial


@pytest.mark.django_db
def test_a_revoked_certificate_signs_nothing_more(generated: Path) -> None:
    serial, _sha256 = released_with(generated)
    kept = Path(trust_anchors.development_folder(), "reviewer.pem")
    stolen = kept.read_text()
    assert "the development CA made another certificate" in run("revoke", serial, "--confirm")
    assert json.loads(run("show", "--json"))["signers"]["reviewer"]["serial"] != serial
    kept.write_text(stolen)
    with pytest.raises(signers.SignerUnfit, match="was revoked here"):
        signing.signer(Purpose.REVIEWER)


@pytest.mark.django_db
def test_a_serial_that_nobody_knows_is_no_certificate_of_ours() -> None:
    with pytest.raises(CommandError, match="Nothing signs with it"):
        run("revoke", "beef", "--confirm")
    with pytest.raises(CommandError, match="is no date"):
        run("revoke", "beef", "--stolen", "yesterday")


@pytest.mark.django_db
def test_a_theft_is_at_its_time_in_its_time_zone(generated: Path) -> None:
    serial, _sha256 = released_with(generated)
    east = datetime.now(timezone(timedelta(hours=14)))
    hour_ago, hour_on = east - timedelta(hours=1), east + timedelta(hours=1)
    assert "in doubt" in run("revoke", serial, "--stolen", hour_ago.isoformat())
    assert "in doubt" not in run("revoke", serial, "--stolen", hour_on.isoformat())


def test_certificates_revoked_at_once_are_all_on_the_list(settings: Any) -> None:
    serials = [f"{number:x}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda serial: revocations.add(serial, at=datetime.now(UTC)), serials))
    assert all(revocations.since(serial) for serial in serials)
    # Another account may sign, too, and nothing in it is secret.
    assert Path(settings.SIGNING_DIR, revocations.NAME).stat().st_mode & 0o444 == 0o444


def test_a_list_that_cant_be_read_stops_signing(settings: Any) -> None:
    Path(settings.SIGNING_DIR).mkdir(exist_ok=True)
    Path(settings.SIGNING_DIR, revocations.NAME).write_text("[")
    with pytest.raises(revocations.RevocationsUnreadable):
        signing.signer(Purpose.REVIEWER)
