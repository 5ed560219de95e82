"""The development CA: made once, by one of many, kept to its owner, renewed in time."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from provenance.manifests import development_ca
from provenance.manifests.development_ca import AuthorityBroken, Purpose

AT = datetime(2026, 11, 22, tzinfo=UTC)
YEAR = timedelta(days=365)


def leaf(folder: Path, purpose: Purpose = Purpose.GENERATOR) -> x509.Certificate:
    return x509.load_pem_x509_certificates(development_ca.credential_pem(folder, purpose).encode())[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "signing" / "development"
    development_ca.ensure(folder, at=AT)
    return folder


def test_keys_are_for_their_owner_alone(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_roots_key_is_not_kept(folder: Path) -> None:
    assert "PRIVATE KEY" not in (development_ca.root_pem(folder) or "")
    assert sorted(path.name for path in folder.iterdir()) == [
        "generator.pem",
        "issuing.pem",
        "reviewer.pem",
        "root.pem",
    ]


def test_maker_and_approver_have_certificates_of_their_own(folder: Path) -> None:
    generator, reviewer = leaf(folder, Purpose.GENERATOR), leaf(folder, Purpose.REVIEWER)
    assert generator.public_key() != reviewer.public_key()
    assert generator.subject != reviewer.subject


def test_every_certificate_says_what_it_is(folder: Path) -> None:
    for certificate in (
        leaf(folder),
        x509.load_pem_x509_certificate((development_ca.root_pem(folder) or "").encode()),
    ):
        (organisation,) = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        assert "not on any trust list" in str(organisation.value)


def test_a_leaf_may_sign_claims_and_documents_and_nothing_else(folder: Path) -> None:
    extensions = leaf(folder).extensions
    uses = {use.dotted_string for use in extensions.get_extension_for_class(x509.ExtendedKeyUsage).value}
    assert uses == {"1.3.6.1.4.1.62558.2.1", "1.3.6.1.5.5.7.3.36"}
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_it_is_made_once(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    development_ca.ensure(folder, at=AT + timedelta(days=30))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_many_that_start_at_once_agree_on_one(tmp_path: Path) -> None:
    folder = tmp_path / "signing" / "development"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: development_ca.ensure(folder, at=AT), range(8)))
    root = x509.load_pem_x509_certificate((development_ca.root_pem(folder) or "").encode())
    for purpose in Purpose:
        pem = development_ca.credential_pem(folder, purpose).encode()
        signed, issuing = x509.load_pem_x509_certificates(pem)
        signed.verify_directly_issued_by(issuing)
        issuing.verify_directly_issued_by(root)
    assert [path.name for path in folder.parent.iterdir()] == ["development"]


def test_a_leaf_is_renewed_while_what_it_signed_still_holds_for_years(folder: Path) -> None:
    old = leaf(folder)
    late = AT + YEAR + timedelta(days=2)
    development_ca.ensure(folder, at=late)
    assert leaf(folder).serial_number != old.serial_number
    assert old.not_valid_after_utc - late > 3.9 * YEAR
    assert len(list(folder.iterdir())) == 4


def test_a_damaged_ca_is_named_and_left_alone(folder: Path) -> None:
    (folder / "generator.pem").write_text("gone")
    with pytest.raises(AuthorityBroken, match="move the folder away"):
        development_ca.ensure(folder, at=AT)
    assert (folder / "issuing.pem").exists()


def test_reading_the_root_makes_nothing(tmp_path: Path) -> None:
    assert development_ca.root_pem(tmp_path / "none") is None
    assert list(tmp_path.iterdir()) == []
