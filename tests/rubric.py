"""The rules of the conformance rubric (provenance.manifests.rubric) held against a file."""

import json
from pathlib import Path

from c2pa import Context, Reader

from dam.media import sniffer
from provenance.manifests import c2pa_io, rubric, signing, trust_anchors
from provenance.manifests.rubric import RULES, Manifest, broken_by

__all__ = ["RULES", "broken", "broken_by", "newest"]


def broken(path: Path, *, sidecar: Path | None = None) -> list[str]:
    """The names of the rules that the file's newest manifest breaks."""
    return rubric.broken_by(newest(path, sidecar=sidecar))


def newest(path: Path, *, sidecar: Path | None = None) -> Manifest:
    kind = sniffer.read(path)
    assert kind is not None or sidecar is not None
    content_type = kind.content_type if kind else signing.UNKNOWN
    beside = sidecar.read_bytes() if sidecar else None
    settings = c2pa_io.settings_for(trust_anchors.house())
    with (
        Context.from_dict(settings) as context,
        path.open("rb") as file,
        Reader(content_type, file, beside, context=context) as reader,
    ):
        manifest: Manifest = json.loads(reader.crjson())["manifests"][0]
    return manifest
