#!/usr/bin/env python3
"""Checks an evidence pack without the installation that made it, and without a network.

    python3 check.py PACK.zip [--file RELEASED_FILE] [--roots ROOTS.pem] [--authorities ROOTS.pem] [--json]

Python 3.9 or newer and nothing else. Signatures and timestamps are checked by `openssl`, Content Credentials
by the Python package `c2pa-python` or the program `c2patool`, where they are installed. PACK.zip may also be
the folder into which it was unpacked. Exit status: 0, everything that was checked holds; 1, something
doesn't; 2, nothing wrong was found, but the index isn't signed, its signature couldn't be checked, or nothing
outside the pack vouches for its signer: without --roots, a pack says by itself whom to trust.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from lzma import LZMAError
from pathlib import Path
from typing import IO, Any

FORMAT = "reelproof-evidence/1"
INDEX, SIGNATURE, TIMESTAMP = "manifest.json", "manifest.json.sig", "manifest.json.tsr"
SIGNER, ROOTS, AUTHORITIES = (
    "certificates/signer.pem",
    "certificates/trusted-signers.pem",
    "certificates/timestamp-authorities.pem",
)
STORE = "credentials/store.c2pa"  # the manifests as they stand in the file
DOCUMENTED = ("decisions/decisions.json", "rights/rights.json", "release/release.json")
REVIEW = "app.reelproof.review"
TOOL = "c2patool"
COUNTERSIGNED = b"\x84\x70CounterSignature"
GENESIS = "0" * 64
COMPILED = re.compile(r"__pycache__/check[^/]*\.pyc")  # what Python leaves of this script
NOTHING_AFTER = b"PK\5\6"  # how the last 22 bytes of a ZIP begin that has no comment
BLOCK = 1024 * 1024
UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    TypeError,
    LZMAError,
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
)
# Of a decision in the pack and of its entry in the ledger the same; what an entry without it means.
SAME: dict[str, Any] = {
    "decision": None,
    "at": None,
    "master_sha256": None,
    "comment": "",
    "uses": [],
    "territories": [],
    "valid_until": None,
    "embargo_until": None,
    "checklist": [],
    "stage": None,
    "role": "",
    "signed_in": "",
    "watched": None,
    "earlier_comments": None,
    "lookalikes": None,
}


Listed = Mapping[str, Mapping[str, Any]]  # the files of the index, by name


class Pack:
    """The files of a pack, in a ZIP or in a folder."""

    def __init__(self, path: Path) -> None:
        self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        self.path = path

    def names(self) -> list[str]:
        """All of them; a name that a ZIP has twice comes twice."""
        if self.zip is not None:
            return [info.filename for info in self.zip.infolist() if not info.is_dir()]
        every = (each for each in self.path.rglob("*") if each.is_symlink() or not each.is_dir())
        names = (each.relative_to(self.path).as_posix() for each in every)
        return [name for name in names if not COMPILED.fullmatch(name)]

    def links(self) -> list[str]:
        """Symbolic links in the folder: what they lead to isn't in the pack."""
        if self.zip is not None:
            return []
        return [each.relative_to(self.path).as_posix() for each in self.path.rglob("*") if each.is_symlink()]

    def is_whole(self) -> bool:
        """Whether the ZIP begins with its first file and ends with its directory."""
        if self.zip is None:
            return True
        with self.path.open("rb") as file:
            file.seek(-len(NOTHING_AFTER) - 18, 2)
            end = file.read()
        first = min((info.header_offset for info in self.zip.infolist()), default=0)
        return first == 0 and end.startswith(NOTHING_AFTER) and end.endswith(b"\0\0")

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(name) if self.zip is not None else (self.path / name).open("rb")

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def json(self, name: str) -> Any:
        return json.loads(self.read(name))

    def digest(self, name: str) -> tuple[str, int]:
        """(SHA-256, size), in little memory."""
        sha256, size = hashlib.sha256(), 0
        with self.open(name) as file:
            while True:
                block = file.read(BLOCK)
                if not block:
                    return sha256.hexdigest(), size
                sha256.update(block)
                size += len(block)

    def save(self, name: str, folder: str) -> Path:
        """A copy of one file, for a program that reads it."""
        out = Path(folder) / name.replace("/", "_")
        with self.open(name) as file, out.open("wb") as to:
            shutil.copyfileobj(file, to, BLOCK)
        return out


class Findings:
    """What was found out: each "ok", "bad" or "unknown", with a sentence."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.sealed = False  # by a signature that was checked
        self.vouched = False  # for its signer, by a list from outside the pack

    def say(self, state: str, what: str) -> None:
        """In one line, whatever a name in the pack contains."""
        self.lines.append((state, "".join(each if each.isprintable() else "\ufffd" for each in what)))

    def ok(self, what: str) -> None:
        self.say("ok", what)

    def bad(self, what: str) -> None:
        self.say("bad", what)

    def unknown(self, what: str) -> None:
        self.say("unknown", what)

    @property
    def status(self) -> int:
        if any(state == "bad" for state, _what in self.lines):
            return 1
        return 0 if self.sealed and self.vouched else 2

    @property
    def result(self) -> str:
        return NOT_VOUCHED if self.status == 2 and self.sealed else RESULTS[self.status]


def check(
    path: Path, *, released: Path | None = None, roots: Path | None = None, authorities: Path | None = None
) -> Findings:
    found = Findings()
    try:
        pack = Pack(path)
        index = pack.json(INDEX)
        listed = {each["name"]: each for each in index["files"]}
        if index["format"] != FORMAT:
            raise ValueError(f"format {index['format']}")
    except UNREADABLE as problem:
        found.bad(f"{path} is no evidence pack that can be read: {problem}")
        return found
    with tempfile.TemporaryDirectory() as folder:
        steps: tuple[Callable[[], None], ...] = (
            lambda: check_files(pack, index, listed, found),
            lambda: check_seal(pack, index, roots, authorities, folder, found),
            lambda: check_documents(pack, listed, found),
            lambda: check_ledger(pack, found),
            lambda: check_timestamps(pack, authorities, folder, found),
            lambda: check_release(pack, released, roots, folder, found),
        )
        for step in steps:
            try:
                step()
            except UNREADABLE as problem:
                found.bad(f"A file of the pack can't be read: {type(problem).__name__}: {problem}")
    return found


def check_files(pack: Pack, index: Mapping[str, Any], listed: Listed, found: Findings) -> None:
    """Every file is there as the index says, and no other."""
    names = pack.names()
    beside = (
        {INDEX}
        | ({SIGNATURE} if index["signature"] else set())
        | ({TIMESTAMP} if index["timestamp"] else set())
    )
    wrong = 0
    if not pack.is_whole():
        found.bad("The ZIP isn't as it was made: something stands before or after it.")
        wrong += 1
    for name in pack.links():
        found.bad(f"{name} is a link to something that isn't in the pack.")
        wrong += 1
    for name in sorted(set(names)):
        if names.count(name) > 1:
            found.bad(f"{name} is in the pack {names.count(name)} times.")
            wrong += 1
        if name not in listed and name not in beside:
            found.bad(f"{name} isn't in the index: it was added.")
            wrong += 1
    for name in sorted(beside.difference(names)):
        found.bad(f"{name} is missing.")
        wrong += 1
    for name, entry in listed.items():
        if name not in names:
            found.bad(f"{name} is missing.")
            wrong += 1
            continue
        try:
            is_same = pack.digest(name) == (entry["sha256"], entry["size"])
        except UNREADABLE as problem:
            found.bad(f"{name} can't be read: {problem}")
            wrong += 1
            continue
        if not is_same:
            found.bad(f"{name} was changed: its SHA-256 isn't the one in the index.")
            wrong += 1
    if not wrong:
        found.ok(f"Index: all {len(listed)} files are there as listed, and no others.")


def check_seal(
    pack: Pack,
    index: Mapping[str, Any],
    roots: Path | None,
    authorities: Path | None,
    folder: str,
    found: Findings,
) -> None:
    """The index is signed by whoever the certificate says, and was there at the time of its timestamp."""
    signature = index["signature"]
    if not signature:
        found.unknown(f"The index isn't signed. {index['not_signed_because']}")
    elif not shutil.which("openssl"):
        found.unknown("The signature of the index wasn't checked: openssl isn't installed.")
    else:
        content, signed, chain = (pack.save(name, folder) for name in (INDEX, SIGNATURE, SIGNER))
        key = Path(folder) / "key.pem"
        done = openssl("x509", "-in", chain, "-noout", "-pubkey", "-out", key)
        done = done and openssl(*verifying(signature["algorithm"], key, signed, content))
        if done:
            found.sealed = True
            print_of = fingerprint(chain)
            who = f"{named(chain, 'subject')}, whose certificate is from {named(chain, 'issuer')}"
            claimed = f"the pack itself calls it {signature['signer']!r}"
            found.ok(f"Index: signed by {who} ({signature['algorithm']}; {claimed}).")
            trust: list[str | Path] = [
                "-CAfile",
                roots or pack.save(ROOTS, folder),
                "-partial_chain",
                "-purpose",
                "any",
            ]
            at = ["-attime", str(seconds(index["made_at"]))]
            if openssl("verify", *trust, *at, "-untrusted", chain, chain):
                if roots:
                    found.vouched = True
                    found.ok(f"Signer: its certificate leads to one in your list. SHA-256 {print_of}")
                else:
                    found.unknown(
                        "Signer: its certificate leads to one in the pack's own list alone. Give yours "
                        f"with --roots, or compare with what the signer says elsewhere. SHA-256 {print_of}"
                    )
            elif roots:
                found.bad(f"Signer: its certificate leads to none in {roots}. SHA-256 {print_of}")
            else:
                found.bad(f"Signer: its certificate doesn't lead to one in {ROOTS}.")
        else:
            found.bad("Index: the signature doesn't hold. The index or the signature was changed.")
    if index["timestamp"]:
        stamp = {"file": TIMESTAMP, "form": "response", "data": INDEX, "at": index["made_at"]}
        check_timestamp(pack, stamp, "the index", authorities, folder, found)


def verifying(algorithm: str, key: Path, signature: Path, content: Path) -> list[str | Path]:
    if algorithm == "ED25519":
        return [
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            key,
            "-rawin",
            "-in",
            content,
            "-sigfile",
            signature,
        ]
    digest = {"ES384": "-sha384", "ES512": "-sha512"}.get(algorithm, "-sha256")
    pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"] if algorithm == "PS256" else []
    return ["dgst", digest, *pss, "-verify", key, "-signature", signature, content]


def check_documents(pack: Pack, listed: Listed, found: Findings) -> None:
    """Documents are those that the decisions and the rights name by their hash."""
    count = wrong = 0
    for name in DOCUMENTED:
        if name in listed:
            for file, sha256 in documents(pack.json(name)):
                count += 1
                if file not in listed or listed[file]["sha256"] != sha256:
                    wrong += 1
                    found.bad(f"{name} names a document {file} with another SHA-256.")
    if count and not wrong:
        found.ok(f"Documents: {count} are those that decisions and rights name by their hash.")


def documents(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("file"), str) and isinstance(value.get("sha256"), str):
            yield value["file"], value["sha256"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from documents(each)


def check_ledger(pack: Pack, found: Findings) -> None:
    """Each entry is what its hash says, all are linked, and decisions and the signed file name the same."""
    lines = [json.loads(line) for line in pack.read("ledger/extract.jsonl").splitlines()]
    head, entries, end = lines[0], lines[1:-1], lines[-1]
    known: dict[int, tuple[str, Any]] = {}
    wrong, before = 0, None
    for entry in entries:
        number = entry["sequence"]
        if before is not None and (number != before["sequence"] + 1 or entry["previous"] != before["hash"]):
            found.bad(f"Ledger: entry {number} doesn't follow the one before it.")
            wrong += 1
        if number == 1 and entry["previous"] != GENESIS:
            found.bad("Ledger: its first entry names one before it.")
            wrong += 1
        if "record" in entry:
            text = "\n".join((entry["previous"], str(head["brand"]), str(number), entry["record"]))
            if hashlib.sha256(text.encode()).hexdigest() != entry["hash"]:
                found.bad(f"Ledger: entry {number} was changed.")
                wrong += 1
            known[number] = (entry["hash"], json.loads(entry["record"]))
        before = entry
    if (before["hash"] if before else end["head"]) != end["head"] or len(entries) != end["lines"]:
        found.bad("Ledger: entries at its end are missing.")
        wrong += 1
    wrong += check_decisions(pack, known, found)
    hashes = {entry["sequence"]: entry["hash"] for entry in entries}
    for number, hash_ in stamped(pack, head["brand"]):
        if hashes.get(number) != hash_:
            found.bad(f"Ledger: a timestamp is over another entry {number}.")
            wrong += 1
    signed = list(stages(pack.json("credentials/crjson.json")))
    for number, hash_ in signed:
        if known.get(number, ("", {}))[0] != hash_:
            found.bad(f"Ledger: the signed file names another entry {number}.")
            wrong += 1
    if not signed:
        found.unknown("Ledger: the signed file names no entry, so it doesn't vouch for any.")
    if not wrong:
        found.ok(
            f"Ledger: {len(known)} entries of this clip hold, in a chain of {len(entries)}; "
            f"the signed file names {len(signed)} of them."
        )


def check_decisions(pack: Pack, known: Mapping[int, tuple[str, Any]], found: Findings) -> int:
    """Decisions are those of the ledger, all of them and no others. How many aren't."""
    wrong, told = 0, set()
    for review in pack.json("decisions/decisions.json")["reviews"]:
        for decision in review["decisions"]:
            if not decision["ledger"]:
                found.bad(f"Ledger: it has no entry of a decision of {decision['at']} that the pack has.")
                wrong += 1
                continue
            number = decision["ledger"]["entry"]
            hash_, record = known.get(number, ("", {}))
            same = bool(record) and number not in told and is_same(decision, review, record)
            if hash_ != decision["ledger"]["sha256"] or not same:
                found.bad(f"Ledger: entry {number} isn't the decision that the pack has.")
                wrong += 1
            told.add(number)
    for number, (_hash, record) in known.items():
        if "stage" in record and number not in told:  # others are no decisions: an approval was withdrawn
            found.bad(f"Ledger: entry {number} is a decision that the pack doesn't have.")
            wrong += 1
    return wrong


def is_same(decision: Mapping[str, Any], review: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Who decided what, about what and how. An entry may name the token by which somebody did."""
    who = str((decision.get("by") or {}).get("reference"))
    return (
        all(record.get(name, empty) == decision.get(name, empty) for name, empty in SAME.items())
        and record.get("stage_index", decision.get("stage_index")) == decision.get("stage_index")
        and record.get("review", review["id"]) == review["id"]
        and str(record["by"]).split()[-1:] == [who]
    )


def stamped(pack: Pack, brand: int) -> Iterator[tuple[int, str]]:
    """(number, hash) of each entry of the ledger that an authority has put its time to."""
    for stamp in pack.json("timestamps/timestamps.json")["timestamps"]:
        if "ledger" in stamp and stamp.get("trusted", True):
            _format, whose, number, hash_, *_log = pack.read(stamp["data"]).decode().split("\n")
            if whose != str(brand) or int(number) != stamp["ledger"]:
                raise ValueError(f"{stamp['data']} is about another ledger")
            yield int(number), hash_


def stages(crjson: Any) -> Iterator[tuple[int, Any]]:
    """(number, hash) of each entry that the file's own manifest names; earlier ones are of other versions."""
    for manifest in crjson["manifests"][:1]:
        for stage in manifest["assertions"].get(REVIEW, {}).get("stages", []):
            if isinstance(stage.get("ledger_entry"), int):
                yield stage["ledger_entry"], stage.get("ledger_sha256")


def check_timestamps(pack: Pack, authorities: Path | None, folder: str, found: Findings) -> None:
    """Each is over what it is said to be of; the pack's own words for that aren't repeated."""
    release = pack.json("release/release.json")["release"]["sha256"]
    for stamp in pack.json("timestamps/timestamps.json")["timestamps"]:
        over: Mapping[str, Any] = stamp
        if stamp["form"] == "token":
            of = stamp["of"]
            if "data" in stamp and not is_of_signature(pack, stamp["data"], of.rpartition(" ")[2]):
                found.unknown(f"Timestamp of {of}: whether it is over that signature couldn't be checked.")
                of = f"what {stamp['data']} has"
        elif "ledger" in stamp:
            # Held against the ledger in check_ledger, but for one that vouches for nothing.
            is_held = stamp.get("trusted", True)
            of = f"the ledger up to entry {stamp['ledger']}" if is_held else f"what {stamp['data']} has"
        elif "digest" in stamp:
            of, over = "the released file", {**stamp, "digest": release}
        else:
            found.unknown(f"Timestamp in {stamp['file']}: what it is over isn't known here.")
            continue
        check_timestamp(pack, over, of, authorities, folder, found)


def is_of_signature(pack: Pack, data: str, label: str) -> bool:
    """Whether this ends in the signature of the manifest with this label, as it stands in the file.

    What is stamped is a CBOR array whose last item is a byte string around the signature's own.
    """
    stamped = pack.read(data)
    manifests = manifests_of(pack.read(STORE))
    start = len(COUNTERSIGNED)
    if not stamped.startswith(COUNTERSIGNED):
        return False
    for _part in ("protected headers", "nothing"):
        start, length = head(stamped, start)
        start += length
    start, length = head(stamped, start)
    wrapped = stamped[start:]
    return len(wrapped) == length > 64 and wrapped in manifests.get(label, b"")


def head(cbor: bytes, at: int) -> tuple[int, int]:
    """(where the content of a byte string begins, its length)."""
    kind, short = cbor[at] >> 5, cbor[at] & 31
    if kind != 2 or short > 27:
        raise ValueError("no byte string")
    if short < 24:
        return at + 1, short
    size = 1 << (short - 24)
    return at + 1 + size, int.from_bytes(cbor[at + 1 : at + 1 + size], "big")


def manifests_of(store: bytes) -> dict[str, bytes]:
    """The boxes of a manifest store (JUMBF), by their labels."""
    found, at = {}, 8 + int.from_bytes(store[8:12], "big")
    while at + 8 <= len(store):
        size = int.from_bytes(store[at : at + 4], "big")
        if size < 8:
            break
        box = store[at : at + size]
        found[box[33:].partition(b"\0")[0].decode("utf-8", "replace")] = box
        at += size
    return found


def check_timestamp(
    pack: Pack, stamp: Mapping[str, Any], of: str, authorities: Path | None, folder: str, found: Findings
) -> None:
    what = f"Timestamp of {of}"
    if "data" not in stamp and "digest" not in stamp:
        found.unknown(f"{what}: openssl alone doesn't check this form.")
        return
    if not shutil.which("openssl"):
        found.unknown(f"{what}: not checked, openssl isn't installed.")
        return
    over: list[str | Path] = (
        ["-digest", stamp["digest"]] if "digest" in stamp else ["-data", pack.save(stamp["data"], folder)]
    )
    token = ["-token_in"] if stamp["form"] == "token" else []
    trust: list[str | Path] = ["-CAfile", authorities or pack.save(AUTHORITIES, folder), "-partial_chain"]
    whose = f"your list {authorities}" if authorities else f"the pack's own list {AUTHORITIES}"
    at = ["-attime", str(seconds(stamp["at"]))] if stamp.get("at") else []
    held = pack.save(stamp["file"], folder)
    if openssl("ts", "-verify", *token, "-in", held, *over, *trust, *at):
        found.ok(f"{what}: it holds, by {whose}. It was there on {time_in(held, token)}.")
    elif stamp.get("trusted", True):
        found.bad(f"{what}: it doesn't hold, or its authority isn't in {whose}.")
    else:
        found.unknown(f"{what}: its authority isn't in {whose}, or it doesn't hold.")


def time_in(path: Path, token: list[str]) -> str:
    """What the authority says of when."""
    command = ["openssl", "ts", "-reply", *token, "-in", str(path), "-text"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    times = [line.partition(":")[2].strip() for line in said.splitlines() if line.startswith("Time stamp:")]
    return times[0] if times else "an unknown date"


def check_release(
    pack: Pack, released: Path | None, roots: Path | None, folder: str, found: Findings
) -> None:
    """The released file is the one that was signed, and its Content Credentials hold."""
    release = pack.json("release/release.json")["release"]
    inside = release.get("file")
    if released is not None:
        digest = hashlib.sha256()
        with released.open("rb") as file:
            for block in iter(lambda: file.read(BLOCK), b""):
                digest.update(block)
        if digest.hexdigest() != release["sha256"]:
            found.bad(f"{released} isn't the released file: its SHA-256 is another one.")
            return
        found.ok(f"{released} is the released file, SHA-256 {release['sha256']}.")
    elif inside and inside in pack.names():
        if pack.digest(inside)[0] != release["sha256"]:
            found.bad(f"{inside} isn't the released file: its SHA-256 is another one.")
            return
        released = pack.save(inside, folder)
    else:
        found.unknown(
            f"The released file isn't in the pack. Its SHA-256 is {release['sha256']}; "
            "give the file with --file to have it and its Content Credentials checked."
        )
        return
    trusted = Path(roots).read_text() if roots else pack.read(ROOTS).decode()
    whose = "your" if roots else "the pack's own"
    state, by = credentials(released, release["content_type"], trusted)
    if state is None:
        found.unknown("Content Credentials: not checked, as neither c2pa-python nor c2patool is installed.")
    elif by == TOOL and state in ("Trusted", "Valid"):
        found.unknown(f"Content Credentials: {state}, says {by}, by its own settings and lists.")
    elif state == "Trusted":
        found.ok(f"Content Credentials: Trusted by {whose} list, says {by}.")
    elif state == "Valid":
        found.unknown(f"Content Credentials: Valid, says {by}, but who signed them isn't in {whose} list.")
    else:
        found.bad(f"Content Credentials: {state}, says {by}.")


def credentials(path: Path, content_type: str, trusted: str) -> tuple[str | None, str]:
    """(what a C2PA validator says, its name); nothing is fetched. (None, "") where none is installed."""
    try:
        from c2pa import Context, Reader
    except ImportError:
        return by_tool(path)
    anchors = [{"trust_anchors": trusted, "trust_uri": "urn:pack", "trust_kind": "manifest"}]
    uses = "1.3.6.1.5.5.7.3.4\n1.3.6.1.5.5.7.3.36\n1.3.6.1.4.1.62558.2.1"
    settings = {
        "version": 1,
        "trust": {"anchors": anchors, "trust_config": uses},
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "core": {"allowed_network_hosts": []},
    }
    try:
        with Context.from_dict(settings) as context, path.open("rb") as file:
            reader = Reader(content_type, file, context=context)
            return str(reader.get_validation_state()), "c2pa-python"
    except Exception as problem:  # noqa: BLE001 - the library's own kinds; each means that it doesn't hold
        return f"unreadable ({problem})", "c2pa-python"


def by_tool(path: Path) -> tuple[str | None, str]:
    """By its own settings: whom it trusts, and what it fetches, isn't in our hands."""
    if not shutil.which(TOOL):
        return None, ""
    done = subprocess.run([TOOL, str(path)], capture_output=True, check=False)
    with suppress(ValueError, KeyError):
        return str(json.loads(done.stdout)["validation_state"]), TOOL
    return "unreadable", TOOL


def openssl(*arguments: str | Path) -> bool:
    command = ["openssl", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def named(path: Path, whom: str) -> str:
    """The subject or the issuer of a certificate, in its own words."""
    command = ["openssl", "x509", "-in", str(path), "-noout", f"-{whom}", "-nameopt", "RFC2253,utf8,-esc_msb"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return said.strip().partition("=")[2]


def fingerprint(path: Path) -> str:
    command = ["openssl", "x509", "-in", str(path), "-noout", "-fingerprint", "-sha256"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return said.strip().rpartition("=")[2]


def seconds(at: str) -> int:
    return int(datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp())


MARKS = {"ok": "ok     ", "bad": "BAD    ", "unknown": "?      "}
RESULTS = {
    0: "Everything that was checked holds.",
    1: "This pack doesn't hold: see the lines marked BAD.",
    2: "Nothing wrong was found, but no signature vouches for the index: see the lines marked ?.",
}
NOT_VOUCHED = (
    "Nothing wrong was found, but nothing outside the pack vouches for its signer: give the certificates "
    "that you trust with --roots."
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check an evidence pack, offline.")
    parser.add_argument("pack", type=Path, help="the ZIP, or the folder it was unpacked into")
    parser.add_argument("--file", type=Path, help="the released file, where the pack has its hash alone")
    parser.add_argument(
        "--roots", type=Path, help="certificates that you trust (PEM), instead of the pack's own"
    )
    parser.add_argument(
        "--authorities",
        type=Path,
        help="timestamp authorities that you trust (PEM), instead of the pack's own",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    given = parser.parse_args()
    found = check(given.pack, released=given.file, roots=given.roots, authorities=given.authorities)
    if given.json:
        lines = [{"state": state, "what": what} for state, what in found.lines]
        sys.stdout.write(
            json.dumps({"status": found.status, "result": found.result, "findings": lines}, indent=2) + "\n"
        )
    else:
        for state, what in found.lines:
            sys.stdout.write(f"{MARKS[state]}{what}\n")
        sys.stdout.write(f"\n{found.result}\n")
    return found.status


if __name__ == "__main__":
    sys.exit(main())
