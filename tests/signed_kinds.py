"""One file of every kind that is signed here: `MAKERS[kind](plain, folder)` makes it of a small MP4."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from provenance.manifests import signing
from provenance.manifests.claims import PresetFacts
from tests import claim_factory, media_factory, sound_factory


def generated(plain: Path, out: Path, **changes: Any) -> Path:
    signing.sign_generated(plain, out=out, facts=claim_factory.generated(**changes))
    return out


def made_from(plain: Path, out: Path, *, mode: str, **relations: str) -> Path:
    """A clip made from others, of which the first has credentials of its own."""
    sources = [generated(plain, out.with_name("source-0.mp4")), *[plain] * (len(relations) - 1)]
    facts = claim_factory.generated(
        mode=mode, sources=tuple(claim_factory.source(role, each) for role, each in relations.items())
    )
    signing.sign_generated(plain, out=out, facts=facts, sources=sources)
    return out


def release(master: Path, out: Path, *, encoded: Path | None = None, **changes: Any) -> Path:
    facts = claim_factory.release(transcoded=encoded is not None, **changes)
    signing.sign_release(master, out=out, facts=facts, encoded=encoded)
    return out


def review_copy(plain: Path, out: Path) -> Path:
    master = generated(plain, out.with_name("master.mp4"))
    signing.sign_review_copy(
        plain,
        master=master,
        out=out,
        title="Red kite",
        changes=["c2pa.resized.proportional", "c2pa.addedText", "c2pa.transcoded"],
        at=claim_factory.AT,
    )
    return out


def preset(plain: Path, out: Path, *changes: str) -> Path:
    parent = release(generated(plain, out.with_name("clip.mp4")), out.with_name("parent.mp4"))
    facts = PresetFacts(
        title="Red kite",
        preset="Square",
        changes=changes,
        at=claim_factory.AT,
        generated_by=claim_factory.MODEL.named,
    )
    encoded = plain
    if out.suffix != ".mp4":
        encoded = out.with_name(f"encoded{out.suffix}")
        Image.new("RGB", (64, 64), "teal").save(encoded)
    signing.sign_preset(encoded, parent=parent, out=out, facts=facts)
    return out


ALL_CHANGES = (
    "c2pa.trimmed",
    "c2pa.cropped",
    "c2pa.resized",
    "c2pa.resized.proportional",
    "c2pa.addedText",
    "c2pa.edited",
    "c2pa.transcoded",
    "c2pa.edited.metadata",
)
MAKERS: dict[str, Callable[[Path, Path], Path]] = {
    "generated": lambda plain, f: generated(plain, f / "out.mp4"),
    "generated, prompt told": lambda plain, f: generated(plain, f / "out.mp4", prompt_disclosure="text"),
    "made from a picture": lambda plain, f: made_from(plain, f / "out.mp4", mode="image", first="inputTo"),
    "generated, with a watermark": lambda plain, f: generated(plain, f / "out.mp4", watermark=7),
    "extended": lambda plain, f: made_from(plain, f / "out.mp4", mode="extend", source="parentOf"),
    "blended": lambda plain, f: made_from(
        plain, f / "out.mp4", mode="blend", **{"from": "componentOf", "to": "componentOf"}
    ),
    "release": lambda plain, f: release(plain, f / "out.mp4"),
    "release of a generated clip": lambda plain, f: release(
        generated(plain, f / "clip.mp4"), f / "out.mp4", generated_by=claim_factory.MODEL.named
    ),
    "release of a WebM": lambda plain, f: release(
        media_factory.movie(f / "master.webm", codec="libvpx"), f / "out.mp4", encoded=plain
    ),
    "release of a WebM, with a watermark": lambda plain, f: release(
        media_factory.movie(f / "master.webm", codec="libvpx"), f / "out.mp4", encoded=plain, watermark=7
    ),
    "release of a QuickTime": lambda plain, f: release(media_factory.movie(f / "master.mov"), f / "out.mov"),
    "review copy": lambda plain, f: review_copy(plain, f / "out.mp4"),
    "download": lambda plain, f: preset(plain, f / "out.mp4", *ALL_CHANGES),
    **{
        f"download as {kind}": lambda plain, f, kind=kind: preset(  # type: ignore[misc]
            plain, f / f"out.{kind}", "c2pa.trimmed", "c2pa.converted"
        )
        for kind in ("gif", "webp", "avif", "jpg", "png")
    },
    **{
        f"release of a {kind}": lambda plain, f, kind=kind: release(picture(f, kind), f / f"out.{kind}")  # type: ignore[misc]
        for kind in ("png", "jpg", "webp", "avif", "tiff")
    },
    **{
        f"release of a {kind}": lambda plain, f, kind=kind: release(  # type: ignore[misc]
            sound_factory.tone(f / f"master.{kind}"), f / f"out.{kind}"
        )
        for kind in ("wav", "mp3", "m4a")
    },
}


def picture(folder: Path, kind: str) -> Path:
    Image.new("RGB", (64, 64), "teal").save(folder / f"master.{kind}")
    return folder / f"master.{kind}"
