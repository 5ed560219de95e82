"""The script of a pack, run by itself: it holds what is sound, and finds whatever was done to a pack."""

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
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


def run(pack: Path, *options: str | Path) -> tuple[int, dict[str, list[str]]]:
    """The script out of the pack itself, in a process without our packages on its path."""
    script = pack.with_name("check.py")
    if not script.exists():
        with zipfile.ZipFile(pack) as file:
            script.write_bytes(file.read("check.py"))
    command = [sys.executable, script, pack, "--json", *options]
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
    assert run_on(folder, script=folder / "check.py") == 0
    (folder / "release" / "extra.txt").write_text("x")
    assert run_on(folder, script=folder / "check.py") == 1


def run_on(path: Path, *, script: Path) -> int:
    return subprocess.run([sys.executable, script, path], capture_output=True, check=False).returncode


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


def test_a_flipped_byte_is_found_in_every_file(pack: Path, tmp_path: Path) -> None:
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


def test_decisions_that_the_ledger_has_otherwise_are_found(pack: Path, tmp_path: Path) -> None:
    files = files_of(pack)
    told = json.loads(files["decisions/decisions.json"])
    told["reviews"][0]["decisions"][0]["uses"] = ["broadcast"]
    forged = listed_anew({**files, "decisions/decisions.json": json.dumps(told).encode()})
    found = run(rewritten(forged, tmp_path / "forged.zip"))[1]
    assert "Ledger: entry 1 isn't the decision that the pack has." in found["bad"]


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
    for name in ("timestamps/release.tsr", "timestamps/ledger-2.tsr", "manifest.json.tsr"):
        content = files[name]
        flipped = content[:-20] + bytes([content[-20] ^ 1]) + content[-19:]
        assert run(rewritten({**files, name: flipped}, tmp_path / "flipped.zip"))[0] == 1
    forged = listed_anew(entry(files, say_no_and_hash))
    assert (
        "Ledger: a timestamp is over another entry 2." in run(rewritten(forged, tmp_path / "x.zip"))[1]["bad"]
    )
