"""The script of a pack, run by itself: it holds what is sound, and finds whatever was done to a pack."""

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from dam.core import storage
from provenance.evidence_packs import assembly, packs
from provenance.manifests import timestamps
from provenance.releases import late_timestamps
from provenance.review import stamping_ledgers
from tests import timestamp_authority
from tests.release_factory import case_of, sign
from tests.review_factory import Case

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not timestamp_authority.HAS_OPENSSL, reason="needs openssl"),
]
Files = dict[str, bytes]


def made(case: Case, out: Path, *, with_file: bool = True) -> Path:
    release = packs.released(case.version.pk)
    assert release is not None
    assembly.write(out, release, with_file=with_file, language="en", at=timezone.now())
    return out


def run(pack: Path, *options: str | Path, alone: bool = False) -> tuple[int, dict[str, list[str]]]:
    """The script out of the pack itself, in a process without our packages on its path.

    Not `alone`, it is also told whom to trust: those whom the first, sound pack in this folder does.
    """
    script = pack.with_name("check.py")
    if not script.exists():
        with zipfile.ZipFile(pack) as file:
            script.write_bytes(file.read("check.py"))
    roots = pack.with_name("roots.pem")
    if not roots.exists():
        with zipfile.ZipFile(pack) as file:
            roots.write_bytes(file.read("certificates/trusted-signers.pem"))
    trust = [] if alone or "--roots" in options else ["--roots", roots]
    command = [sys.executable, script, pack, "--json", *trust, *options]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, cwd=pack.parent, check=False
    )
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    lines: dict[str, list[str]] = {"ok": [], "bad": [], "unknown": []}
    for each in told["findings"]:
        lines[each["state"]].append(each["what"])
    assert told["status"] == done.returncode
    return done.returncode, lines


def files_of(pack: Path) -> Files:
    with zipfile.ZipFile(pack) as file:
        return {name: file.read(name) for name in file.namelist()}


def rewritten(files: Files, out: Path) -> Path:
    with zipfile.ZipFile(out, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out


def listed_anew(files: Files) -> Files:
    """As a forger would who has no key: the index says what the files are now."""
    index = json.loads(files["manifest.json"])
    for each in index["files"]:
        content = files[each["name"]]
        each |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    return {**files, "manifest.json": json.dumps(index).encode()}


def signed_anew(files: Files, folder: Path) -> Files:
    """As a forger would who has a key and a certificate of their own."""
    key, certificate, content = folder / "own.key", folder / "own.pem", folder / "own.json"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    subject = ("-subj", "/O=Somebody else/CN=Forger", "-days", "9")
    openssl("req", "-x509", "-new", "-key", key, *subject, "-out", certificate)
    pem = certificate.read_bytes()
    forged = listed_anew({**files, "certificates/signer.pem": pem, "certificates/trusted-signers.pem": pem})
    later = (timezone.now() + timedelta(minutes=5)).isoformat()  # when their certificate was there
    index = json.loads(forged["manifest.json"]) | {"made_at": later}
    forged["manifest.json"] = json.dumps(index).encode()
    content.write_bytes(forged["manifest.json"])
    openssl("dgst", "-sha256", "-sign", key, "-out", folder / "own.sig", content)
    return {**forged, "manifest.json.sig": (folder / "own.sig").read_bytes()}


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def changed(files: Files, name: str, change: Callable[[Any], object]) -> Files:
    """With a file of JSON changed, and listed anew."""
    told = json.loads(files[name])
    change(told)
    return listed_anew({**files, name: json.dumps(told).encode()})


RESIGNED = ["Index: the signature doesn't hold. The index or the signature was changed."]


@pytest.fixture
def pack(released: Case, tmp_path: Path) -> Path:
    return made(released, tmp_path / "pack.zip")


def test_a_sound_pack_holds(pack: Path) -> None:
    status, found = run(pack)
    assert (status, found["bad"], found["unknown"]) == (0, [], [])
    said = " ".join(found["ok"])
    for words in (
        "Index: all",
        "Index: signed by",
        "Signer:",
        "Ledger: 2 entries",
        "Content Credentials: Trusted",
    ):
        assert words in said


def test_it_holds_in_the_folder_it_was_unpacked_into(pack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(pack) as file:
        file.extractall(folder)
    script = folder / "check.py"
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "check.cpython-39.pyc").write_text("what Python leaves")
    assert run_on(folder, script=script) == 0
    (folder / "release" / "extra.txt").write_text("x")
    assert run_on(folder, script=script) == 1
    (folder / "release" / "extra.txt").unlink()
    (folder / "release" / "__pycache__").mkdir()
    (folder / "release" / "__pycache__" / "extra.mp4").write_text("x")
    assert run_on(folder, script=script) == 1
    (folder / "release" / "__pycache__" / "extra.mp4").unlink()
    assert run_on(folder, script=script) == 0
    (folder / "other").symlink_to(tmp_path)
    assert run_on(folder, script=script) == 1


def run_on(path: Path, *, script: Path) -> int:
    roots = path / "certificates" / "trusted-signers.pem"
    command = list(map(str, (sys.executable, script, path, "--roots", roots)))
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.parametrize(("before", "after"), [(b"x", b""), (b"", b"x")])
def test_a_zip_with_something_before_or_after_it_is_found(
    pack: Path, tmp_path: Path, before: bytes, after: bytes
) -> None:
    more = tmp_path / "more.zip"
    more.write_bytes(before + pack.read_bytes() + after)
    assert run(more)[:1] == (1,)
    assert run(more)[1]["bad"] == ["The ZIP isn't as it was made: something stands before or after it."]


def test_without_roots_nothing_vouches_for_the_signer(pack: Path, tmp_path: Path) -> None:
    status, found = run(pack, alone=True)
    assert (status, found["bad"]) == (2, [])
    assert [each for each in found["unknown"] if each.startswith("Signer: ")] == found["unknown"]
    done = subprocess.run(
        [sys.executable, tmp_path / "check.py", pack], capture_output=True, text=True, check=False
    )
    assert "nothing outside the pack vouches for its signer" in done.stdout.splitlines()[-1]


def test_a_pack_that_somebody_else_signed_anew_is_found(pack: Path, tmp_path: Path) -> None:
    forged = rewritten(signed_anew(files_of(pack), tmp_path), tmp_path / "forged.zip")
    status, found = run(pack)
    assert status == 0
    status, found = run(forged)
    assert status == 1
    assert found["bad"][0].startswith("Signer: its certificate leads to none in")
    status, found = run(forged, alone=True)
    assert (status, found["bad"]) == (2, [])
    signed = next(each for each in found["ok"] if each.startswith("Index: signed by "))
    assert signed.startswith(
        "Index: signed by CN=Forger,O=Somebody else, whose certificate is from CN=Forger"
    )
    assert "the pack itself calls it 'Reelproof reviewer" in signed
    assert [each for each in found["unknown"] if "Valid, says c2pa-python" in each]
    options = ("--roots", tmp_path / "own.pem")
    assert [
        each for each in run(pack, *options)[1]["unknown"] if each.startswith("Content Credentials: Valid")
    ]


def test_a_release_made_from_an_earlier_one_holds(pack: Path, tmp_path: Path) -> None:
    """Whose manifest names entries of another version."""

    def embed(crjson: Any) -> None:
        stages = [{"ledger_entry": 99, "ledger_sha256": "0" * 64}]
        crjson["manifests"][1]["assertions"]["app.reelproof.review"] = {"stages": stages}
        crjson["manifests"][0]["assertions"]["org.example.stages"] = {"stages": stages}

    run(pack)
    status, found = run(
        rewritten(changed(files_of(pack), "credentials/crjson.json", embed), tmp_path / "x.zip")
    )
    assert (status, found["bad"]) == (1, RESIGNED)


def test_documents_are_looked_for_only_where_the_pack_names_them(pack: Path, tmp_path: Path) -> None:
    foreign = {"file": "somewhere/else.pdf", "sha256": "0" * 64}
    run(pack)
    for name in ("credentials/crjson.json", "credentials/verdict.json", "credentials/second-validator.json"):
        forged = changed(files_of(pack), name, lambda told: told.update(foreign=foreign))
        assert run(rewritten(forged, tmp_path / "x.zip"))[1]["bad"] == RESIGNED, name
    forged = changed(files_of(pack), "rights/rights.json", lambda told: told.update(document=foreign))
    assert (
        "rights/rights.json names a document somewhere/else.pdf with another SHA-256."
        in run(rewritten(forged, tmp_path / "x.zip"))[1]["bad"]
    )


def test_a_signed_file_that_names_no_entry_is_said(pack: Path, tmp_path: Path) -> None:
    def older(crjson: Any) -> None:
        for stage in crjson["manifests"][0]["assertions"]["app.reelproof.review"]["stages"]:
            del stage["ledger_entry"]

    run(pack)
    forged = changed(files_of(pack), "credentials/crjson.json", older)
    found = run(rewritten(forged, tmp_path / "x.zip"))[1]
    assert found["bad"] == RESIGNED
    assert found["unknown"] == ["Ledger: the signed file names no entry, so it doesn't vouch for any."]


def test_what_is_not_what_it_should_be_ends_no_check(pack: Path, tmp_path: Path) -> None:
    files = files_of(pack)
    run(pack)
    forged = listed_anew({**files, "ledger/extract.jsonl": b"", "release/release.json": b"[]"})
    status, found = run(rewritten(forged, tmp_path / "x.zip"))
    assert status == 1
    assert [each for each in found["bad"] if "IndexError" in each]


def test_the_file_can_be_given_where_the_pack_has_its_hash_alone(released: Case, tmp_path: Path) -> None:
    pack = made(released, tmp_path / "pack.zip", with_file=False)
    status, found = run(pack)
    assert status == 0
    assert "--file" in found["unknown"][0]
    release = packs.released(released.version.pk)
    assert release is not None
    with storage.local_copy(release.storage_key) as path:
        status, found = run(pack, "--file", path)
        assert (status, found["bad"], found["unknown"]) == (0, [], [])
    other = tmp_path / "other.mp4"
    other.write_bytes(b"something else")
    assert run(pack, "--file", other)[0] == 1


def test_a_flipped_byte_is_found_in_every_file_by_the_index(pack: Path, tmp_path: Path) -> None:
    files = files_of(pack)
    assert len(files) > 25
    for name, content in files.items():
        at = len(content) // 2
        flipped = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] if content else b"x"
        status, found = run(rewritten({**files, name: flipped}, tmp_path / "flipped.zip"))
        assert status == 1, f"{name}: {found}"


def test_a_file_that_is_missing_is_found(pack: Path, tmp_path: Path) -> None:
    files = files_of(pack)
    for name in files:
        without = {each: content for each, content in files.items() if each != name}
        status, found = run(rewritten(without, tmp_path / "less.zip"))
        assert status == 1, f"{name}: {found}"


def test_a_file_that_was_added_is_found(pack: Path, tmp_path: Path) -> None:
    files = files_of(pack)
    status, found = run(rewritten({**files, "release/other.mp4": b"x"}, tmp_path / "more.zip"))
    assert (status, found["bad"]) == (1, ["release/other.mp4 isn't in the index: it was added."])


def test_a_name_that_is_there_twice_is_found(pack: Path, tmp_path: Path) -> None:
    twice = rewritten(files_of(pack), tmp_path / "twice.zip")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "a") as file:
        file.writestr("readme.txt", b"Trust me.")
    status, found = run(twice)
    assert status == 1
    assert "2 times" in found["bad"][0]


def entry(files: Files, change: Callable[[list[Any]], None]) -> Files:
    lines = [json.loads(line) for line in files["ledger/extract.jsonl"].splitlines()]
    change(lines)
    return {**files, "ledger/extract.jsonl": b"".join(json.dumps(line).encode() + b"\n" for line in lines)}


def say_no(lines: list[Any]) -> None:
    lines[1]["record"] = lines[1]["record"].replace('"decision":"approve"', '"decision":"reject"')


def say_no_and_hash(lines: list[Any]) -> None:
    """Also with all hashes made anew: the signed file names others."""
    say_no(lines)
    before = lines[1]["previous"]
    for line in lines[1:-1]:
        line["previous"] = before
        text = "\n".join((before, str(lines[0]["brand"]), str(line["sequence"]), line["record"]))
        line["hash"] = before = hashlib.sha256(text.encode()).hexdigest()
    lines[-1]["head"] = before


def forget_one(lines: list[Any]) -> None:
    del lines[1]


def cut_off(lines: list[Any]) -> None:
    del lines[-2]


@pytest.mark.parametrize("change", [say_no, say_no_and_hash, forget_one, cut_off])
def test_a_changed_ledger_is_found_by_itself(
    pack: Path, tmp_path: Path, change: Callable[[list[Any]], None]
) -> None:
    """Whatever the index says of it."""
    forged = listed_anew(entry(files_of(pack), change))
    status, found = run(rewritten(forged, tmp_path / "forged.zip"))
    assert status == 1
    assert [each for each in found["bad"] if each.startswith("Ledger: ")]
    assert [each for each in found["bad"] if each.startswith("Index: the signature")]


def first_decision(told: Any) -> Any:
    return told["reviews"][0]["decisions"][0]


@pytest.mark.parametrize(
    "other",
    [
        {"uses": ["broadcast"]},
        {"by": {"reference": "user:99", "name": "Somebody else"}},
        {"by": None},
        {"role": "legal_reviewer"},
        {"stage": "legal"},
        {"stage_index": 1},
        {"signed_in": "passkey"},
        {"watched": {"seconds": 9}},
        {"earlier_comments": {"done": 9}},
    ],
)
def test_decisions_that_the_ledger_has_otherwise_are_found(
    pack: Path, tmp_path: Path, other: dict[str, Any]
) -> None:
    run(pack)
    forged = changed(
        files_of(pack), "decisions/decisions.json", lambda told: first_decision(told).update(other)
    )
    found = run(rewritten(forged, tmp_path / "forged.zip"))[1]
    assert found["bad"] == [*RESIGNED, "Ledger: entry 1 isn't the decision that the pack has."]


def test_decisions_without_an_entry_and_entries_without_a_decision_are_found(
    pack: Path, tmp_path: Path
) -> None:
    files = files_of(pack)
    run(pack)
    forged = changed(files, "decisions/decisions.json", lambda told: first_decision(told).update(ledger=None))
    found = run(rewritten(forged, tmp_path / "forged.zip"))[1]
    assert [each for each in found["bad"] if each.startswith("Ledger: it has no entry of a decision of ")]
    forged = changed(files, "decisions/decisions.json", lambda told: told["reviews"][0]["decisions"].pop())
    found = run(rewritten(forged, tmp_path / "forged.zip"))[1]
    assert found["bad"] == [*RESIGNED, "Ledger: entry 2 is a decision that the pack doesn't have."]


def test_decisions_of_an_older_pack_lack_what_came_later(pack: Path, tmp_path: Path) -> None:
    run(pack)
    forged = changed(
        files_of(pack), "decisions/decisions.json", lambda told: first_decision(told).pop("embargo_until")
    )
    assert run(rewritten(forged, tmp_path / "older.zip"))[1]["bad"] == RESIGNED


def test_an_index_without_a_signature_is_never_green(pack: Path, tmp_path: Path) -> None:
    files = files_of(pack)
    index = json.loads(files["manifest.json"]) | {"signature": None, "not_signed_because": "We forgot."}
    del files["manifest.json.sig"]
    status, found = run(rewritten({**files, "manifest.json": json.dumps(index).encode()}, tmp_path / "x.zip"))
    assert (status, found["unknown"]) == (2, ["The index isn't signed. We forgot."])


def test_a_signer_whom_you_do_not_trust_is_said(pack: Path, tmp_path: Path) -> None:
    with timestamp_authority.running(tmp_path / "authority") as authority:
        status, found = run(pack, "--roots", authority.root)
    assert status == 1
    assert found["bad"][0].startswith("Signer: its certificate leads to none in")


def test_timestamps_of_every_kind_are_checked(released: Case, tmp_path: Path, settings: Any) -> None:
    timestamps.breaker.worked()
    with timestamp_authority.running(tmp_path / "authority") as authority:
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ANCHORS = authority.url, [str(authority.root)]
        assert late_timestamps.add() == 1
        assert stamping_ledgers.add() == 1
        pack = made(released, tmp_path / "pack.zip")
    status, found = run(pack)
    assert (status, found["bad"], found["unknown"]) == (0, [], [])
    assert len([each for each in found["ok"] if each.startswith("Timestamp of ")]) == 3
    files = files_of(pack)
    for name, of in (
        ("timestamps/release.tsr", "the released file"),
        ("timestamps/ledger-2.tsr", "the ledger up to entry 2"),
        ("manifest.json.tsr", "the index"),
    ):
        content = files[name]
        flipped = content[:-20] + bytes([content[-20] ^ 1]) + content[-19:]
        # Listed anew, the index is another one, which alone would undo its own timestamp.
        forged = {**files, name: flipped}
        forged = forged if name.startswith("manifest") else listed_anew(forged)
        found = run(rewritten(forged, tmp_path / "flipped.zip"))[1]
        assert [each for each in found["bad"] if each.startswith(f"Timestamp of {of}: it doesn't hold")], name
    other = hashlib.sha256(b"another file").hexdigest()
    forged = changed(
        files, "timestamps/timestamps.json", lambda told: told["timestamps"][0].update(digest=other)
    )
    held = run(rewritten(forged, tmp_path / "x.zip"))[1]["ok"]
    assert [each for each in held if each.startswith("Timestamp of the released file: it holds")]
    forged = changed(
        files, "release/release.json", lambda told: told["release"].update(sha256=other, file=None)
    )
    found = run(rewritten(forged, tmp_path / "x.zip"))[1]
    assert [each for each in found["bad"] if each.startswith("Timestamp of the released file: it doesn't")]
    forged = changed(
        files,
        "timestamps/timestamps.json",
        lambda told: told["timestamps"][1].update(of="the Moon", trusted=False, data="readme.txt"),
    )
    found = run(rewritten(forged, tmp_path / "x.zip"))[1]
    assert found["bad"] == [*RESIGNED, *(each for each in found["bad"] if "of the index" in each)]
    assert [each for each in found["unknown"] if each.startswith("Timestamp of what readme.txt has: ")]
    with timestamp_authority.running(tmp_path / "another") as another:
        found = run(pack, "--authorities", another.root)[1]
    assert len([each for each in found["bad"] if "isn't in your list" in each]) == 3
    forged = listed_anew(entry(files, say_no_and_hash))
    assert (
        "Ledger: a timestamp is over another entry 2." in run(rewritten(forged, tmp_path / "x.zip"))[1]["bad"]
    )


def test_a_timestamp_beside_a_signature_is_held_against_that_signature(
    generated: Path, tmp_path: Path, settings: Any
) -> None:
    timestamps.breaker.worked()
    with timestamp_authority.running(tmp_path / "authority") as authority:
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ANCHORS = authority.url, [str(authority.root)]
        case = case_of(generated)
        case.approve_all()
        sign(case.version)
        pack = made(case, tmp_path / "pack.zip")
    status, found = run(pack)
    assert (status, found["bad"], found["unknown"]) == (0, [], [])
    files = files_of(pack)
    stamps = json.loads(files["timestamps/timestamps.json"])["timestamps"]
    number, stamp = next((at, each) for at, each in enumerate(stamps) if each["form"] == "token")
    assert [each for each in found["ok"] if each.startswith(f"Timestamp of {stamp['of']}: it holds")]
    another = "the signature of manifest urn:c2pa:another"
    forged = changed(
        files, "timestamps/timestamps.json", lambda told: told["timestamps"][number].update(of=another)
    )
    found = run(rewritten(forged, tmp_path / "x.zip"))[1]
    assert (
        f"Timestamp of {another}: whether it is over that signature couldn't be checked." in found["unknown"]
    )
    assert not [each for each in found["ok"] if another in each]
