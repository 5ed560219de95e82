"""Which captions a preset's file gets.

The version's own: uploaded ones before those made of its transcript; where it has none, what was heard.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from dam.captions import languages, tracks
from dam.captions.models import CaptionTrack
from dam.catalog.models import Version
from dam.media.overlay import Cue
from dam.search import timed_texts
from dam.search.models import TimedText, TimedTextKind


@dataclass(frozen=True)
class ChosenCaptions:
    """`language` as recipes keep it: empty where there is nothing to choose from."""

    cues: Sequence[Cue] = ()
    language: str = ""
    spoken: str = "und"  # the same for the film, as ISO 639-2 has it

    @property
    def said(self) -> str:
        """What goes in, as the digest of a file takes it."""
        return "\n".join(f"{start} {end} {text}" for start, end, text in self.cues)


def of(version: Version, language: str = "") -> ChosenCaptions:
    """Those in this language where there are several; without one of them, the first."""
    found = tracks.of(version)
    if not found:
        rows = timed_texts.of(version, TimedTextKind.SPOKEN)
        return ChosenCaptions([(row.start_ms, row.end_ms, row.text) for row in rows])
    return _chosen(found, language)


def of_many(version_ids: Iterable[UUID]) -> dict[UUID, ChosenCaptions]:
    """The first of each version that has any, in two queries."""
    keys = list(version_ids)
    found = {key: _chosen(each, "") for key, each in tracks.of_many(keys).items()}
    heard: dict[UUID, list[Cue]] = defaultdict(list)
    rows = TimedText.objects.filter(version__in=set(keys) - set(found), kind=TimedTextKind.SPOKEN)
    for row in rows.order_by("start_ms", "pk"):
        heard[row.version_id].append((row.start_ms, row.end_ms, row.text))
    return found | {key: ChosenCaptions(each) for key, each in heard.items()}


def choices(version: Version) -> list[tuple[str, str]]:
    """Languages and names to choose from, in their order; none where there is no choice."""
    found = tracks.listed(version)
    return [(each.language, tracks.name(each)) for each in found] if len(found) > 1 else []


def _chosen(found: Sequence[CaptionTrack], language: str) -> ChosenCaptions:
    track = next((each for each in found if each.language == language), found[0])
    kept = track.language if len(found) > 1 else ""
    return ChosenCaptions(tracks.cues(track), kept, languages.iso_639_2(track.language))
