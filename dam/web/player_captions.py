"""What the player is told of a version's captions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from dam.captions import tracks
from dam.captions.models import CaptionTrack
from dam.catalog.models import Version
from dam.media.caption_files import Format


@dataclass(frozen=True)
class PlayerTrack:
    src: str
    language: str
    label: str
    kind: str


def of(version: Version, found: Sequence[CaptionTrack] | None = None) -> list[PlayerTrack]:
    """For the pages of its brand. Reads `version.brand`; asks for the captions unless they are given."""
    return told(tracks.listed(version) if found is None else found, lambda track: address(version, track))


def address(version: Version, track: CaptionTrack, form: Format = Format.VTT) -> str:
    return reverse("captions-file", args=[version.brand.slug, version.pk, track.language, form])


def told(found: Sequence[CaptionTrack], at: Callable[[CaptionTrack], str]) -> list[PlayerTrack]:
    """`at` gives the address of its WebVTT file; one that was changed has another."""
    return [
        PlayerTrack(
            f"{at(track)}?of={track.pk}.{track.revision}", track.language, tracks.name(track), track.kind
        )
        for track in found
    ]
