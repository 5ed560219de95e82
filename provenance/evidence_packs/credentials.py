"""The file's Content Credentials: the manifests of the whole chain, and what validators say of them."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dam.core import storage
from provenance.evidence_packs.archive import Archive, moment
from provenance.evidence_packs.subject import Subject
from provenance.manifests import cose, rubric, trust_anchors, verify
from provenance.manifests.c2pa_io import Anchor
from provenance.manifests.timestamps import NoTimestamp
from provenance.releases.models import ReleaseTimestamp
from provenance.review import ledger_stamps
from provenance.review.ledger_stamps import Stamp
from provenance.review.models import LedgerEntry

NOT_INSTALLED = "The second validator (encypher-c2pa) isn't installed on the machine that made this pack."
NO_PEM = b"# none\n"


def add(archive: Archive, subject: Subject, path: Path) -> dict[str, Any]:
    """Write the section; {"verdict", "second", "rubric", "crjson"} for the summary."""
    verdict = verify.check(path).to_json()
    verdict["verified_at"] = moment(subject.at)
    archive.add_json(
        "credentials/verdict.json", verdict, about="Verdict of Reelproof on the released file (c2pa-python)"
    )
    second = verify.second_opinion(path) or {"problem": NOT_INSTALLED}
    archive.add_json(
        "credentials/second-validator.json",
        second,
        about="Report of a validator that shares no code with the first (encypher-c2pa)",
    )
    with storage.scratch() as folder:
        exported = verify.export(path, folder)
        crjson = _crjson(archive, folder) if exported else {"manifests": []}
        if not exported:
            archive.add_json("credentials/crjson.json", crjson, about="No manifest could be read")
        tokens = json.loads((folder / "timestamps.json").read_text()) if exported else []
    ruled = _rubric(crjson)
    archive.add_json(
        "credentials/rubric.json", ruled, about="The rules of C2PA's conformance rubric, held to it"
    )
    _add_certificates(archive)
    return {"verdict": verdict, "second": second, "rubric": ruled, "tokens": tokens}


def _crjson(archive: Archive, folder: Path) -> dict[str, Any]:
    archive.add_path(
        "credentials/store.c2pa", folder / "store.c2pa", about="The manifest store as it stands in the file"
    )
    with (folder / "crjson.json").open("rb") as file:
        archive.add(
            "credentials/crjson.json", file.read(), about="The manifests of the whole chain, as crJSON"
        )
    found: dict[str, Any] = json.loads((folder / "crjson.json").read_text(encoding="utf-8"))
    return found


def _rubric(crjson: dict[str, Any]) -> dict[str, Any]:
    manifests = crjson.get("manifests") or []
    broken = rubric.broken_by(manifests[0]) if manifests else sorted(rubric.RULES)
    return {
        "rubric": rubric.NAME,
        "manifest": manifests[0].get("label") if manifests else None,
        "rules": {name: name not in broken for name in rubric.RULES},
        "kept": len(rubric.RULES) - len(broken),
        "broken": broken,
        "note": "Keeping every rule is no claim of conformance: the program certifies products, not files.",
    }


def _add_certificates(archive: Archive) -> None:
    stamps = trust_anchors.timestamps()
    signers = [each for each in trust_anchors.house() if each not in stamps]
    lists = (
        ("trusted-signers", signers, "Whose signatures this installation trusts"),
        ("timestamp-authorities", stamps, "Whose timestamps this installation believes"),
    )
    for name, anchors, about in lists:
        archive.add(f"certificates/{name}.pem", _pem(anchors), about=about)


def _pem(anchors: Sequence[Anchor]) -> bytes:
    parts = [f"# {anchor.name}\n{anchor.pem.strip()}\n".encode() for anchor in anchors]
    return b"".join(parts) or NO_PEM


def add_timestamps(
    archive: Archive, subject: Subject, found: Mapping[str, Any], late: ReleaseTimestamp | None
) -> list[dict[str, Any]]:
    """The tokens beside signatures in the file, the one that came later, and those of the ledger."""
    proven = {each["label"]: each["time_stamp"] for each in found["verdict"]["manifests"]}
    told = [
        _in_file(archive, token, number, at=proven.get(token["manifest"], ""))
        for number, token in enumerate(found["tokens"], 1)
    ]
    if late is not None and late.response is not None:
        name = "timestamps/release.tsr"
        archive.add(name, bytes(late.response), about="Timestamp of the released file, had later (RFC 3161)")
        told.append(
            {
                "of": "the released file",
                "file": name,
                "form": "response",
                "digest": subject.release.sha256,
                "at": moment(late.at),
                "authority": late.authority,
            }
        )
    told += [_of_ledger(archive, stamp) for stamp in _ledger_stamps(subject)]
    archive.add_json(
        "timestamps/timestamps.json", {"timestamps": told}, about="What each timestamp is over, and from when"
    )
    return told


def _in_file(archive: Archive, token: Mapping[str, str], number: int, *, at: str) -> dict[str, Any]:
    """`at` is the time in it, where its authority is trusted here."""
    parts = {name: base64.b64decode(token[name]) for name in ("token", "protected", "signature")}
    name = f"timestamps/signature-{number}.tst"
    archive.add(name, parts["token"], about="Timestamp beside a signature in the file (RFC 3161 token)")
    told: dict[str, Any] = {
        "of": f"the signature of manifest {token['manifest']}",
        "file": name,
        "form": "token",
        "at": at or None,
        "trusted": bool(at),
    }
    if token["form"] == "sigTst2":  # an older form is over something else
        told["data"] = f"timestamps/signature-{number}.data"
        stamped = cose.stamped(parts["protected"], parts["signature"])
        archive.add(told["data"], stamped, about="What that timestamp is over")
    return told


def _ledger_stamps(subject: Subject) -> Iterator[Stamp]:
    """Those that are over this clip's first entry, with all that came before."""
    rows = LedgerEntry.objects.filter(brand=subject.brand, version_id=subject.version.pk)
    first = rows.order_by("sequence").values_list("sequence", flat=True).first()
    if first is not None:
        yield from (each for each in ledger_stamps.kept(subject.brand) if each.entries >= first)


def _of_ledger(archive: Archive, stamp: Stamp) -> dict[str, Any]:
    name = f"timestamps/ledger-{stamp.entries}"
    try:
        response = base64.b64decode(stamp.response)
    except ValueError:  # a damaged row is given as it is, and proves nothing
        response = stamp.response.encode()
    archive.add(f"{name}.tsr", response, about="Timestamp of the ledger (RFC 3161)")
    archive.add(f"{name}.data", stamp.text.encode(), about="How far the ledger had come: what it is over")
    told: dict[str, Any] = {
        "of": f"the ledger up to entry {stamp.entries}",
        "ledger": stamp.entries,
        "file": f"{name}.tsr",
        "data": f"{name}.data",
        "form": "response",
    }
    try:
        said = stamp.read()
    except NoTimestamp:
        return {**told, "at": None, "trusted": False}
    return {**told, "at": moment(said.at), "authority": said.authority, "trusted": True}
