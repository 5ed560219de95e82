"""A browser comes to the verdict that the server comes to: by the same readings, and of the same files."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page

from dam.media import sniffer
from provenance.manifests import (
    browser_rules,
    c2pa_io,
    report,
    signing,
    trust_anchors,
    validation_codes,
    verify,
)
from provenance.manifests.c2pa_io import Anchor
from tests import claim_factory, media_factory
from tests.conftest import BASE_DIR
from tests.unit.provenance.manifests import test_report
from tests.unit.provenance.manifests.test_report import ANCHORS, PARENT, TRUSTED, status

SHARED = BASE_DIR.parent / "shared" / "examples" / "c2pa"
RULES = browser_rules.rules(settings={}, anchors=ANCHORS)
VENDOR = BASE_DIR / "dam/static/vendor"
ROLL_UP = """async ([readings, rules]) => {
    const { report } = await import("/static/dam/js/credentials/rollup.js");
    return readings.map((reading) => report(reading, rules));
}"""
CHECK = """async ([content, rules]) => {
    const { check } = await import("/static/dam/js/credentials/reader.js");
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    return check(new File([bytes], "file"), rules, new AbortController());
}"""


def readings() -> Iterator[dict[str, Any]]:
    """What the tests of report.py read, and every code in every place."""
    caught: list[dict[str, Any]] = []

    def catch(reading: dict[str, Any], *, anchors: dict[str, str]) -> Any:
        caught.append(json.loads(json.dumps(reading)))
        return report.of(reading, anchors=anchors)

    patched = pytest.MonkeyPatch()
    patched.setattr(test_report, "report", SimpleNamespace(of=catch))
    try:
        codes = [*validation_codes.TABLE, "new.mismatch", "new.thing", "new.match", "timeStamp.trusted"]
        for code in codes:
            found = status(code, PARENT)
            test_report.read(active=[status(code)])
            for place in ("delta", "settled", "recorded", "known"):
                given: dict[str, Any] = {place: [found]}
                test_report.read(**given)
            test_report.read(recorded=[found], settled=[status("signingCredential.trusted", PARENT)])
            old = {"relationship": "parentOf", "active_manifest": PARENT, "validation_status": [found]}
            test_report.read(ingredients=[old])
            test_report.read(state="Invalid", delta=[found], known=[])
        odd_ones: tuple[Any, ...] = ("no list", [None, 3, {"data": 3}], {}, None)
        for odd in odd_ones:
            test_report.read(assertions=odd, signature_info=odd, claim_generator_info=odd)
            test_report.read(ingredients=odd)
        test_report.read(
            known=[],
            settled=[status("signingCredential.trusted", PARENT) | {"explanation": TRUSTED["explanation"]}],
        )
        review = {"label": "app.reelproof.review", "data": {"decision": "approved"}, "created": True}
        test_report.read(assertions=[review], signature_info={"issuer": "Ours", "common_name": "We"})
    finally:
        patched.undo()
    yield from caught
    for reading in caught[:8]:
        for uses in ({}, {PARENT: ["1.3.6.1.5.5.7.3.8"]}, {test_report.ACTIVE: ["1.3.6.1.5.5.7.3.4"]}):
            yield reading | {"uses": uses}
    yield from ({"outcome": outcome} for outcome in ("none", "elsewhere", "unreadable"))


def told(found: report.Report) -> dict[str, Any]:
    """What both say, in the same words."""
    return {
        "state": found.state.value,
        "findings": [asdict(each) | {"state": each.state.value} for each in found.findings],
        "reasons": list(found.reasons),
        "chain": [
            {
                "label": each.label,
                "relation": each.relation,
                "state": each.state.value,
                "trusted": each.trusted,
                "trustedBy": each.trusted_by,
                "proven": each.proven,
                "development": each.development,
                "signer": each.signer.name,
                "organisation": each.signer.organisation,
                "timeStamp": each.time_stamp,
                "signedAt": each.signed_at,
                "aiGenerated": each.ai_generated,
                "complete": each.complete,
                "review": each.review.decision if each.review else None,
                "actions": [[action.words, action.agent, action.source] for action in each.actions],
                "prompt": each.prompt,
                "generator": each.claim_generator,
            }
            for each in found.chain
        ],
    }


def told_there(found: dict[str, Any]) -> dict[str, Any]:
    wanted = [*told(report.without_chain(validation_codes.State.NONE, "")), "chain"]
    kept = {name: found[name] for name in wanted}
    kept["chain"] = [
        {
            **{
                name: each[name]
                for name in (
                    *("label", "relation", "state", "trusted", "trustedBy", "proven", "development"),
                    *("timeStamp", "signedAt", "aiGenerated", "complete", "prompt", "generator"),
                )
            },
            "signer": each["signer"]["name"],
            "organisation": each["signer"]["organisation"],
            "review": each["review"]["decision"] if each["review"] else None,
            "actions": [[action["words"], action["agent"], action["source"]] for action in each["actions"]],
        }
        for each in found["chain"]
    ]
    return kept


def test_a_browser_rolls_up_as_the_server_does(window: Page, address: str) -> None:
    window.goto(f"{address}/tests/harness.html")
    given = list(readings())
    assert len(given) > 300
    for reading, found in zip(given, window.evaluate(ROLL_UP, [given, RULES]), strict=True):
        assert told_there(found) == told(report.of(reading, anchors=ANCHORS)), json.dumps(reading)


def test_a_browser_knows_the_same_kinds_of_file(window: Page, address: str) -> None:
    window.goto(f"{address}/tests/harness.html")
    boxes = [b"\0\0\0\x18ftyp" + brand for brand in (*sniffer.BRANDS, b"isom")]
    heads = [
        *(start + bytes(40) for start, _kind in sniffer.STARTS),
        *(b"RIFF\0\0\0\0" + name for name in (*sniffer.RIFF, b"ACON")),
        *boxes,
        *(b"\0\0\0\x08" + first for first in sniffer.FIRST_BOXES),
        *(form[:4] + bytes(4) + form[4:] + bytes(9) for form in (*sniffer.FORMS, b"FORM8SVX")),
        b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf",
        b"\0\0\0\x18ftypmif1\0\0\0\0mif1heicavif",
        b"BM" + bytes(12) + b"\x28" + bytes(9),
        b"BM and more of a text that goes on",
        b"BM",
        b"<!-- a -->\n<!DOCTYPE svg PUBLIC 'x'>\n<svg>",
        b"<!DOCTYPE html><svg>",
        "<svg xmlns='x'/>".encode("utf-16"),
        b"\xfe\xff" + "<!-- é --><svg/>".encode("utf-16-be"),
        b"\x1a\x45\xdf\xa3...webm",
        b"\xef\xbb\xbf <?XML version='1'?><SVG/>",
        b"#EXTM3U",
        b"hello",
        b"",
        b"\x47" + (bytes(187) + b"\x47") * 9,
        bytes(4) + b"\x47" + (bytes(191) + b"\x47") * 9,
    ]
    there = window.evaluate(
        """async ([heads, kinds]) => {
            const { recognise } = await import("/static/dam/js/credentials/kinds.js");
            return heads.map((head) => recognise(Uint8Array.from(head), kinds));
        }""",
        [[list(head) for head in heads], RULES["kinds"]],
    )
    for head, found in zip(heads, there, strict=True):
        kind = sniffer.recognise(head)
        expected = kind and {
            "type": kind.content_type,
            "holds": kind.credentials is not sniffer.CredentialSupport.NONE,
        }
        assert found == expected, head


def in_browser(window: Page, path: Path, anchors: list[Anchor]) -> dict[str, Any]:
    import base64

    trusted = {f"urn:reelproof:anchor:{n}": anchor for n, anchor in enumerate(anchors)}
    settings = c2pa_io.settings_for(Anchor(name, each.pem) for name, each in trusted.items())
    rules = browser_rules.rules(
        settings=settings, anchors={name: each.name for name, each in trusted.items()}
    )
    rules["addresses"] = {
        "wasm": "/static/vendor/c2pa_bg.wasm",
        "worker": "/static/dam/js/credentials/worker.js",
    }
    found: dict[str, Any] = window.evaluate(CHECK, [base64.b64encode(path.read_bytes()).decode(), rules])
    return found


@pytest.mark.skipif(not SHARED.is_dir(), reason="the example files are not here")
def test_a_browser_finds_the_known_verdict_of_every_example(
    window: Page, address: str, settings: Any
) -> None:
    settings.TIMESTAMP_LIST, settings.TRUST_ANCHORS = False, []
    roots = [
        trust_anchors.from_file(SHARED / "trust" / name)
        for name in ("generated-root.pem", "c2pa-rs-test-roots.pem")
    ]
    window.goto(f"{address}/tests/harness.html")
    for example in json.loads((SHARED / "expected.json").read_text()):
        path = SHARED / example["file"]
        found = in_browser(window, path, roots)
        assert found["state"] == example["verdict"], example["file"]
        assert told_there(found) == told(verify.check(path, anchors=roots)), example["file"]


def test_a_browser_says_of_our_own_file_what_the_server_says(
    window: Page,
    address: str,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.SIGNING_DIR, settings.TIMESTAMP_LIST = tmp_path / "signing", False
    signed, changed = tmp_path / "signed.mp4", tmp_path / "changed.mp4"
    signing.sign_generated(
        media_factory.clip(tmp_path / "clip.mp4"), out=signed, facts=claim_factory.generated()
    )
    content = bytearray(signed.read_bytes())
    content[-40] ^= 1
    changed.write_bytes(bytes(content))
    window.goto(f"{address}/tests/harness.html")
    for path, state in ((signed, "trusted"), (changed, "altered")):
        found = in_browser(window, path, list(trust_anchors.house()))
        assert found["state"] == state
        assert told_there(found) == told(verify.check(path))
        assert found["development"] is True


def test_the_reader_is_what_the_registry_gave() -> None:
    """@contentauth/c2pa-wasm 0.13.3; its script names the hash of the binary beside it."""
    hashes = {
        "c2pa.js": "1d98e170931617bc051899a20b33f349005df5091919459df095bd3836429da5",
        "c2pa_bg.wasm": "01b8e25f637aaa3fe197bc5646ce114810db4789db19af7e1f6bfebe9e9858df",
    }
    for name, sha256 in hashes.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == sha256, name


def test_the_reader_is_of_the_version_that_the_server_reads_with() -> None:
    """Else both could come to different verdicts."""
    import c2pa

    version = c2pa.sdk_version().encode()
    assert b"c2pa-" + version in (VENDOR / "c2pa_bg.wasm").read_bytes()
