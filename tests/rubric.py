"""The rules of the conformance rubric (provenance.manifests.rubric) held against a file."""

import json
from pathlib import Path

from c2pa import Context, Reader

from dam.media import sniffer
from provenance.manifests import c2pa_io, rubric, trust_anchors
from provenance.manifests.rubric import RULES, Manifest, broken_by

__all__ = ["RULES", "broken", "broken_by", "newest"]


def broken(path: Path) -> list[str]:
    """The names of the rules that the file's newest manifest breaks."""
    return rubric.broken_by(newest(path))


def newest(path: Path) -> Manifest:
    kind = sniffer.read(path)
    assert kind is not None
    settings = c2pa_io.settings_for(trust_anchors.house())
    with (
        Context.from_dict(settings) as context,
        path.open("rb") as file,
        Reader(kind.content_type, file, context=context) as reader,
    ):
        manifest: Manifest = json.loads(reader.crjson())["manifests"][0]
    return manifest
