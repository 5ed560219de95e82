"""The summary of an evidence pack: what stands on its pages, out of what the sections told."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from provenance.evidence_packs import document
from provenance.evidence_packs.archive import Entry
from provenance.evidence_packs.seal import Unsealed
from provenance.releases import public_links

AT = datetime(2027, 5, 3, 14, 2, tzinfo=UTC)
HASH = "ab" * 32
# Of wide letters: two in a hundred are wider still.
WIDE = "e1ac6906f404988a24c3364c75960db8dcb96a49cc37ab31eae6457548485eba"
ADA = {"reference": "user:1", "name": "Ada Lovelace"}
GRACE = {"reference": "user:2", "name": "Grace Hopper"}
TERMS = {"uses": ["web", "social"], "territories": ["EU"], "valid_until": "2028-12-31T22:59:59+00:00"}


def release(**changes: Any) -> dict[str, Any]:
    return {
        "number": 7,
        "state": "ready",
        "reason": "",
        "sha256": HASH,
        "size": 177_768,
        "content_type": "video/mp4",
        "pictures_sha256": "cd" * 32,
        "master_sha256": "ef" * 32,
        "approved_at": "2027-05-01T10:00:00+00:00",
        "signed_at": "2027-05-01T10:00:20+00:00",
        "ended_at": None,
        **TERMS,
        **changes,
    }


def terms(title: str, **changes: Any) -> dict[str, Any]:
    stated = dict.fromkeys(("licence", "rights_holder", "credit_line", "exclusivity", "restriction"), "")
    return {
        "version": f"version of {title}",
        "title": title,
        "number": 2,
        "embargo_until": None,
        "stated": stated | {"rights_holder": "Kite Films Ltd"},
        "inherited": None,
        "consents": [],
        **TERMS,
        **changes,
    }


def decision(stage: str, by: dict[str, str], entry: int) -> dict[str, Any]:
    return {
        "decision": "approve",
        "stage": stage,
        "stage_title": "",
        "at": "2027-05-01T10:00:00+00:00",
        "by": by,
        "signed_in": "passkey",
        "comment": "Cleared with the agency.",
        "master_sha256": "ef" * 32,
        "ledger": {"entry": entry, "sha256": HASH},
        "checklist": [
            {
                "words": "Are all people in it covered by a release?",
                "answer": "yes",
                "note": "",
                "evidence": "Folder 12",
                "document": {"name": "release.pdf"},
            }
        ],
        **TERMS,
    }


def facts(**changes: Any) -> dict[str, Any]:
    consent = {
        "number": 3,
        "kind": "model",
        "name": "Joan Clarke",
        "covers": "Social media in Europe",
        "until": None,
        "withdrawn_at": None,
        "document": {"file": "rights/documents/000003.pdf"},
    }
    signer = {"name": "Northwind releases", "organisation": "Northwind"}
    manifest = {"signer": signer, "title": "Red kite", "label": "urn:c2pa:1", "signed_at": "", "proven": True}
    model = {
        "name": "previz-dit 0.3",
        "card": {
            "weights_sha256": HASH,
            "source": "bundled",
            "revision": "",
            "licence": "Apache-2.0",
            "training": "Drawn scenes.",
        },
        "licence": {
            "name": "Apache License 2.0",
            "read": "2026-11-01",
            "source": "https://www.apache.org/licenses/LICENSE-2.0",
        },
        "verdict": {"standing": "cleared", "reasons": [], "left_out": []},
        "readings": [
            {
                "cleared": True,
                "at": "2027-01-02T09:00:00+00:00",
                "by": ADA,
                "ended_at": None,
                "note": "Read with counsel.",
            }
        ],
    }
    told = {
        "clip": {
            "brand": {"name": "Northwind Drinks"},
            "clip": {"title": "Red kite over the harbour"},
            "version": {
                "number": 2,
                "origin": "generated",
                "declared_origin": "",
                "filename": "kite.mp4",
                "created_at": "2027-04-20T08:00:00+00:00",
                "created_by": ADA,
            },
            "release": release(),
            "releases": [release(), release(number=3, state="superseded", sha256="12" * 32)],
            "status": {
                "at": AT.isoformat(),
                "standing": "cleared",
                "open_recalls": 0,
                "under_legal_hold_since": None,
                "policy": {
                    "web": {"allowed": True, "reasons": []},
                    "broadcast": {"allowed": False, "reasons": ["It isn't cleared for broadcast."]},
                },
            },
        },
        "credentials": {
            "verdict": {
                "state": "trusted",
                "development": True,
                "reasons": ["Nothing was changed since it was signed."],
                "manifests": [manifest, {**manifest, "title": "Master"}],
            },
            "second": {"version": "1.7.1", "report": {"validation_state": "Trusted"}},
            "rubric": {"kept": 25, "rules": dict.fromkeys(map(str, range(25)), True), "broken": []},
        },
        "timestamps": [
            {"of": "the released file", "at": "2027-05-01T10:10:00+00:00", "file": "timestamps/release.tsr"}
        ],
        "reviews": [
            {
                "of_this_release": True,
                "submitted_at": "2027-04-30T10:00:00+00:00",
                "submitted_by": ADA,
                "note": "For the summer campaign.",
                "decisions": [
                    decision("brand", GRACE, 4),
                    decision("legal", {"reference": "user:3", "name": "Hedy Lamarr"}, 5),
                ],
            }
        ],
        "rights": {
            "own": terms("Red kite over the harbour", consents=[consent]),
            "made_from": [{"version": "a", "source": "version of Harbour at dawn", "relation": "parentOf"}],
            "inputs": [terms("Harbour at dawn")],
            "models": [model],
        },
        "contributions": {
            "takes": {"kept": 1, "discarded": 7},
            "comments": 12,
            "events": 1234,
            "people": [
                {
                    **ADA,
                    "did": {"Clip generated": 1, "Comment added": 7},
                    "first_at": "2027-04-20T08:00:00+00:00",
                    "last_at": "2027-04-30T08:00:00+00:00",
                }
            ],
        },
        "labels": {
            "disclosure": {
                "answers": {
                    "looks_real": {
                        "question": "Could it pass for real people, objects, places or events?",
                        "answer": True,
                    }
                },
                "answered_at": "2027-05-01T10:00:00+00:00",
                "answered_by": GRACE,
            },
            "required": [{"place": "EU", "law": "AI Act", "label": "AI-generated", "waived": False}],
            "files": [{"format": "Square", "labels": ["eu"], "sha256": HASH}],
        },
        "recalls": [],
    }
    return told | changes


def text(out: Path, told: dict[str, Any], sha256: str = HASH) -> str:
    entries = [Entry("credentials/crjson.json", sha256, 41_234, "Manifests")]
    document.write(out, told, entries, sealing=Unsealed("No key."), language="en", at=AT)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(out).pages).split())


def test_it_leads_to_the_public_status_page(tmp_path: Path) -> None:
    out = tmp_path / "evidence.pdf"
    said = text(out, facts())
    assert f"/r/{public_links.code_of(HASH)}/" in said.replace(" ", "")
    assert any(page.images for page in PdfReader(out).pages)


def test_it_answers_what_a_lawyer_asks(tmp_path: Path) -> None:
    said = text(tmp_path / "evidence.pdf", facts())
    for words in (
        "Red kite over the harbour",
        "Version 2, released by Northwind Drinks on 1 May 2027",
        "Cleared for use within its terms",
        "web and social media, in the EU, until 31 December 2028",
        "Grace Hopper and Hedy Lamarr",
        "1 May 2027, 10:10 UTC, by an authority",
        "25 of 25 rules kept",
        "Are all people in it covered by a release?",
        "Harbour at dawn, version 2",
        "Joan Clarke",
        "Read with counsel.",
        "Comment added (7)",
        "The index isn't signed",
        "credentials/crjson.json",
    ):
        assert words in said, words


def test_a_sha256_stands_in_one_line_wherever_it_stands(tmp_path: Path) -> None:
    """So that it is found and copied whole."""
    told = facts()
    widest = {name: digit * 64 for name, digit in (("pictures_sha256", "4"), ("master_sha256", "0"))}
    told["clip"]["release"] |= {"sha256": WIDE, **widest}
    told["clip"]["releases"][1]["sha256"] = told["labels"]["files"][0]["sha256"] = WIDE
    said = text(tmp_path / "evidence.pdf", told, WIDE)
    assert said.count(WIDE) == 5
    assert all(each in said for each in widest.values())


def test_rejections_and_other_reviews_are_no_approvals(tmp_path: Path) -> None:
    told = facts()
    [own] = told["reviews"]
    refused = {**decision("legal", {"reference": "user:4", "name": "Mary Ward"}, 3), "decision": "reject"}
    own["decisions"].append(refused)
    told["reviews"].append({**own, "of_this_release": False})
    said = text(tmp_path / "evidence.pdf", told)
    assert "2 decisions, in the ledger" in said
    assert "Grace Hopper and Hedy Lamarr" in said


def test_since_when_it_was_there_is_the_earliest_time_of_its_own(tmp_path: Path) -> None:
    told = facts()
    of_source = {**told["credentials"]["verdict"]["manifests"][0], "label": "urn:c2pa:0"}
    told["credentials"]["verdict"]["manifests"].append(of_source)
    for label, at in (
        ("urn:c2pa:1", "2027-05-01T10:05:00+00:00"),
        ("urn:c2pa:0", "2026-01-01T00:00:00+00:00"),
    ):
        of = f"the signature of manifest {label}"
        told["timestamps"].append({"of": of, "at": at, "file": "timestamps/signature-1.tst"})
    said = text(tmp_path / "evidence.pdf", told)
    assert said.count("1 May 2027, 10:05 UTC, by an authority") == 2


def test_what_must_not_be_used_says_so_first(tmp_path: Path) -> None:
    told = facts()
    told["clip"]["status"] |= {"standing": "withdrawn", "open_recalls": 1}
    told["clip"]["release"] |= {
        "state": "withdrawn",
        "reason": "The licence ended.",
        "ended_at": "2027-05-02T00:00:00+00:00",
    }
    said = text(tmp_path / "evidence.pdf", told)
    assert "Withdrawn: it must not be used" in said[:600]
    assert "The licence ended. Copies of it were recalled." in said


def test_what_was_not_recorded_says_so(tmp_path: Path) -> None:
    bare = {
        "timestamps": [],
        "reviews": [],
        "rights": {"own": terms("Kite"), "made_from": [], "inputs": [], "models": []},
        "contributions": {"takes": {}, "comments": 0, "events": 0, "people": []},
        "labels": {"disclosure": None, "required": [], "files": []},
    }
    assert text(tmp_path / "evidence.pdf", facts(**bare)).count("None recorded") >= 7


def test_words_of_others_are_drawn_and_never_read(tmp_path: Path) -> None:
    told = facts()
    told["clip"]["clip"]["title"] = "**Kite** {nb} <b>\u202egpj"
    assert "**Kite** {nb} <b>gpj" in text(tmp_path / "evidence.pdf", told)
