"""The only importer of c2pa: settings, signing, reading. Knows nothing else of this project.

Run as a script it reads or signs one file and answers in JSON: that is how files from outside are
read (verify.py) and signed (signing_process.py), in the sandbox.

What is set here was measured with c2pa-python 0.38.1: remote manifests are fetched by default
(a file could make us call any address), boxes of type free and skip are left out of the hash by
default (bytes could be appended unnoticed), and objects do not survive a fork.
"""

import base64
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from c2pa import (
    Builder,
    C2paBuilderIntent,
    C2paError,
    C2paSigningAlg,
    Context,
    Reader,
    Signer,
)
from cryptography import x509

# Key uses a signer's certificate may have: e-mail protection, document signing, C2PA claim signing.
KEY_USES = "1.3.6.1.5.5.7.3.4\n1.3.6.1.5.5.7.3.36\n1.3.6.1.4.1.62558.2.1"

# The library does not keep the kinds apart (an anchor of kind "tsa" alone makes signers trusted), so an
# anchor is trusted for all of them, openly; one that is meant for timestamps alone is told apart by trust.py.
ANCHOR_KINDS = ("manifest", "tsa", "cawg")


SIGNATURE = "c2pa.signature"
# What reading damaged boxes of a file can raise.
UNREADABLE = (ValueError, LookupError, AttributeError, RecursionError, TypeError, RuntimeError)
LONGEST_TEXT = 16 * 1024  # bytes


class SigningFailed(Exception):
    """The file could not be signed: the library's own words follow."""


class ReadOutcome(StrEnum):
    READ = "read"
    NONE = "none"  # holds no manifest store
    ELSEWHERE = "elsewhere"  # names a manifest store at another address; nothing was fetched
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Anchor:
    """Certificates we trust: `name` comes back in the report, `pem` may hold many."""

    name: str
    pem: str
    kinds: tuple[str, ...] = ANCHOR_KINDS


@dataclass(frozen=True)
class ManifestReading:
    """What the library said: `store` is Reader.json(), `certificates` the signers' by manifest label,
    `texts` the short texts kept with ingredients, by their identifier in the store, `uses` what the signers'
    certificates are for (extended key usage), by manifest label: those that could be found.
    """

    outcome: ReadOutcome
    message: str = ""
    store: dict[str, Any] | None = None
    certificates: dict[str, Any] | None = None
    texts: dict[str, str] | None = None
    uses: dict[str, list[str]] | None = None


@dataclass(frozen=True)
class Ingredient:
    """Something the file was made from; `source` is a path, or the bytes themselves."""

    about: dict[str, Any]
    content_type: str
    source: Path | bytes


def settings_for(anchors: Iterable[Anchor]) -> dict[str, Any]:
    trusted = [
        {"trust_anchors": anchor.pem, "trust_uri": anchor.name, "trust_kind": kind}
        for anchor in anchors
        for kind in anchor.kinds
    ]
    return {
        "version": 1,
        "trust": {"anchors": trusted, "trust_config": KEY_USES},
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "core": {"allowed_network_hosts": []},
        "builder": {"thumbnail": {"enabled": False}, "bmff_hash_exclude_free_and_skip_boxes": False},
    }


def sign(
    manifest: dict[str, Any],
    *,
    source: Path,
    out: Path,
    content_type: str,
    edits: bool,
    ingredients: Sequence[Ingredient],
    algorithm: str,
    chain_pem: str,
    sign_bytes: Callable[[bytes], bytes],
    anchors: Sequence[Anchor],
    beside: bool = False,
    update: bool = False,
) -> None:
    """Write `source` with a new manifest to `out`, another path, which is no safe file until read back.

    `edits` says that the file comes from its parentOf ingredient; otherwise it is newly created. `beside`:
    only the manifest store is written, for a file that has no place for it, which stays as it is. `update`:
    an update manifest, whose parent is the one that `source` has; the pictures stay bound by that.
    Raises SigningFailed; `out` may then hold anything.
    """
    failures: list[Exception] = []

    def callback(data: bytes) -> bytes:
        # The library replaces an exception from here by "signature invalid"; keep the real one.
        try:
            return sign_bytes(data)
        except Exception as error:
            failures.append(error)
            raise

    try:
        with (
            Builder(manifest, context=_context(os.getpid(), tuple(anchors))) as builder,
            Signer.from_callback(callback, C2paSigningAlg[algorithm], chain_pem) as signer,
            source.open("rb") as read,
            out.open("w+b") as written,
        ):
            intent = C2paBuilderIntent.EDIT if edits else C2paBuilderIntent.CREATE
            builder.set_intent(C2paBuilderIntent.UPDATE if update else intent)
            for ingredient in ingredients:
                _add(builder, ingredient)
            if beside:
                builder.set_no_embed()
                with TemporaryFile(dir=out.parent) as copy:  # which the library insists on
                    written.write(builder.sign(signer, content_type, read, copy))
            else:
                builder.sign(signer, content_type, read, written)
    except C2paError as error:
        raise SigningFailed(str(failures[0] if failures else error)) from error


def read(
    path: Path, *, content_type: str, settings: dict[str, Any], sidecar: Path | None = None
) -> ManifestReading:
    """Read and validate a file's manifest store, or the one in a sidecar in its place.

    Never fetches; never raises for what the files hold.
    """
    try:
        with (
            Context.from_dict(settings) as context,
            path.open("rb") as file,
            Reader(content_type, file, sidecar.read_bytes() if sidecar else None, context=context) as reader,
        ):
            store = json.loads(reader.json())
            return ManifestReading(
                ReadOutcome.READ,
                store=store,
                certificates=_certificates(reader),
                texts=_texts(reader, store),
                uses=_uses(reader, store),
            )
    except C2paError.ManifestNotFound as error:
        return ManifestReading(ReadOutcome.NONE, str(error))
    except C2paError as error:
        remote = str(error).startswith("Remote:")
        return ManifestReading(ReadOutcome.ELSEWHERE if remote else ReadOutcome.UNREADABLE, str(error))
    except (ValueError, RecursionError) as error:  # what it says of itself is no JSON we can hold
        return ManifestReading(ReadOutcome.UNREADABLE, f"{type(error).__name__}: {error}")


def export(path: Path, *, content_type: str, settings: dict[str, Any], folder: Path) -> bool:
    """Write what others check a file's manifests by into a folder; whether it has any that can be read.

    `crjson.json` is all that the library says of them, `store.c2pa` the manifest store as it stands in the
    file, `timestamps.json` the tokens beside its signatures: of each its manifest, its form ("sigTst2" or
    "sigTst"), the token, and the signature with its protected headers, in base64. `signatures.json`: of each
    signature that has no token beside it the manifest and the signature, in base64.
    """
    try:
        with (
            Context.from_dict(settings) as context,
            path.open("rb") as file,
            Reader(content_type, file, context=context) as reader,
        ):
            (folder / "crjson.json").write_text(reader.crjson(), encoding="utf-8")
            store = _store(reader, json.loads(reader.json())["active_manifest"])
            (folder / "store.c2pa").write_bytes(store)
            tokens: list[dict[str, str]] = []
            with suppress(*UNREADABLE):
                tokens.extend(_tokens(store))
            (folder / "timestamps.json").write_text(json.dumps(tokens))
            signed: list[dict[str, str]] = []
            with suppress(*UNREADABLE):
                signed.extend(_without_token(store))
            (folder / "signatures.json").write_text(json.dumps(signed))
            return True
    except (C2paError, KeyError, ValueError, RecursionError):
        return False


def _store(reader: Reader, active: str) -> bytes:
    """The whole manifest store: an address of a signature leads to all boxes around it."""
    content = io.BytesIO()
    reader.resource_to_stream(f"self#jumbf=/c2pa/{active}/{SIGNATURE}", content)
    return content.getvalue()


def _tokens(store: bytes) -> Iterator[dict[str, str]]:
    """One that can't be read takes no other with it."""
    for label, signed in _signatures(store):
        for form in ("sigTst2", "sigTst"):
            with suppress(*UNREADABLE):
                protected, unprotected, *_payload, signature = signed
                for token in (unprotected.get(form) or {}).get("tstTokens", ()):
                    with suppress(*UNREADABLE):
                        parts = {"token": token["val"], "protected": protected, "signature": signature}
                        encoded = {name: base64.b64encode(part).decode() for name, part in parts.items()}
                        yield {"manifest": label, "form": form, **encoded}


def _without_token(store: bytes) -> Iterator[dict[str, str]]:
    for label, [_protected, unprotected, *_others, signature] in _signatures(store):
        if not {"sigTst", "sigTst2"} & {*unprotected}:
            yield {"manifest": label, "signature": base64.b64encode(signature).decode()}


def _certificates(reader: Reader) -> dict[str, Any]:
    """Subject, issuer and validity of each manifest's signer, which Reader.json() leaves out."""
    crjson = json.loads(reader.crjson())
    return {m["label"]: m.get("signature", {}) for m in crjson.get("manifests", []) if "label" in m}


def _uses(reader: Reader, store: dict[str, Any]) -> dict[str, list[str]]:
    """What each signer's certificate is for, which the library tells nowhere."""
    found: dict[str, list[str]] = {}
    with suppress(C2paError, ValueError, LookupError, RecursionError, TypeError, RuntimeError):
        for label, certificate in _signers(_store(reader, store["active_manifest"])):
            with suppress(ValueError, x509.ExtensionNotFound):
                leaf = x509.load_der_x509_certificate(certificate)
                given = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
                found[label] = [use.dotted_string for use in given]
    return found


def _signers(boxes: bytes) -> Iterator[tuple[str, bytes]]:
    """(label, certificate) of each manifest in a manifest store."""
    for label, [protected, unprotected, *_others] in _signatures(boxes):
        headers = unprotected | _cbor(protected, 0)[0]
        chain = headers.get(33) or headers.get("x5chain") or b""
        yield label, chain if isinstance(chain, bytes) else chain[0]


def _signatures(boxes: bytes) -> Iterator[tuple[str, list[Any]]]:
    """(label, COSE_Sign1) of each manifest in a manifest store: boxes in boxes, as JUMBF has them."""
    for _label, manifests in _labelled(boxes):
        for label, parts in _labelled(manifests):
            for name, signature in _labelled(parts):
                if name == SIGNATURE:
                    kind, content = next(_boxes(signature))
                    yield label, _cbor(content, 0)[0] if kind == b"cbor" else [b"\xa0", {}, None, b""]


def _labelled(boxes: bytes) -> Iterator[tuple[str, bytes]]:
    """(label, what comes after its description) of each superbox."""
    for kind, content in _boxes(boxes):
        if kind == b"jumb":
            described = int.from_bytes(content[:4])
            yield content[25:described].split(b"\0")[0].decode(), content[described:]


def _boxes(boxes: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(boxes):
        length = int.from_bytes(boxes[at : at + 4])
        if not 8 <= length <= len(boxes) - at:
            raise ValueError("a box of another length than it says")
        yield boxes[at + 4 : at + 8], boxes[at + 8 : at + length]
        at += length


def _cbor(content: bytes, at: int) -> tuple[Any, int]:
    """(the item at this place, where the next one begins): as much of CBOR as signatures are made of."""
    kind, count, at = content[at] >> 5, content[at] & 31, at + 1
    if count >= 24:
        width = {24: 1, 25: 2, 26: 4, 27: 8}[count]
        count, at = int.from_bytes(content[at : at + width]), at + width
    match kind:
        case 0:
            return count, at
        case 1:
            return -1 - count, at
        case 2:
            return content[at : at + count], at + count
        case 3:
            return content[at : at + count].decode(), at + count
        case 4:
            items = []
            for _ in range(count):
                item, at = _cbor(content, at)
                items.append(item)
            return items, at
        case 5:
            pairs = {}
            for _ in range(count):
                key, at = _cbor(content, at)
                pairs[key], at = _cbor(content, at)
            return pairs, at
        case 6:
            return _cbor(content, at)
    return None, at


@lru_cache(maxsize=4)
def _context(process: int, anchors: tuple[Anchor, ...]) -> Context:
    """One context for each process: inherited over a fork, the library's objects are not valid."""
    return Context.from_dict(settings_for(anchors))


def _add(builder: Builder, ingredient: Ingredient) -> None:
    if isinstance(ingredient.source, Path):
        with ingredient.source.open("rb") as stream:
            builder.add_ingredient(ingredient.about, ingredient.content_type, stream)
        return
    # Bytes are kept in the manifest, which add_ingredient alone does not do.
    identifier = f"{ingredient.about['label']}.data"
    builder.add_resource(identifier, io.BytesIO(ingredient.source))
    about = ingredient.about | {"data": {"format": ingredient.content_type, "identifier": identifier}}
    builder.add_ingredient(about, ingredient.content_type, io.BytesIO(ingredient.source))


def _texts(reader: Reader, store: dict[str, Any]) -> dict[str, str]:
    """Texts of the ingredients, such as prompts."""
    texts = {}
    for manifest in store.get("manifests", {}).values():
        for ingredient in manifest.get("ingredients", []):
            data = ingredient.get("data") or {}
            if data.get("format") == "text/plain" and "identifier" in data:
                text = io.BytesIO()
                reader.resource_to_stream(data["identifier"], text)
                texts[data["identifier"]] = text.getvalue()[:LONGEST_TEXT].decode(errors="replace")
    return texts


def main() -> None:
    """One line of JSON on standard input, and what came of it on standard output.

    {"do": "export", "path", "content_type", "settings"}: files in the working folder, and {"exported"}.
    {"do": "read", "path", "content_type", "settings", "sidecar"}: a Reading. {"do": "sign", …}: the arguments
    of `sign`; {"sign": bytes} asks for a signature, {"failed": message} or {"signed": true} ends it.
    """
    query = json.loads(sys.stdin.readline())
    if query["do"] == "sign":
        _sign_with_a_distant_key(query)
        return
    if query["do"] == "export":
        given = {"content_type": query["content_type"], "settings": query["settings"]}
        _say({"exported": export(Path(query["path"]), **given, folder=Path.cwd())})
        return
    result = read(
        Path(query["path"]),
        content_type=query["content_type"],
        settings=query["settings"],
        sidecar=Path(query["sidecar"]) if query.get("sidecar") else None,
    )
    json.dump(asdict(result), sys.stdout)


def _sign_with_a_distant_key(query: dict[str, Any]) -> None:
    """The key stays with who asked: a process that reads foreign files has none."""

    def request_signature(data: bytes) -> bytes:
        _say({"sign": base64.b64encode(data).decode()})
        return base64.b64decode(json.loads(sys.stdin.readline())["signature"])

    try:
        sign(
            query["manifest"],
            source=Path(query["source"]),
            out=Path(query["out"]),
            content_type=query["content_type"],
            edits=query["edits"],
            ingredients=[_ingredient(entry) for entry in query["ingredients"]],
            algorithm=query["algorithm"],
            chain_pem=query["chain_pem"],
            sign_bytes=request_signature,
            anchors=[Anchor(a["name"], a["pem"], tuple(a["kinds"])) for a in query["anchors"]],
            beside=bool(query.get("beside")),
            update=bool(query.get("update")),
        )
    except SigningFailed as failed:
        _say({"failed": str(failed)})
    else:
        _say({"signed": True})


def _ingredient(entry: dict[str, Any]) -> Ingredient:
    source = Path(entry["path"]) if "path" in entry else base64.b64decode(entry["data"])
    return Ingredient(about=entry["about"], content_type=entry["content_type"], source=source)


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
