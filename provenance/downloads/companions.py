"""What lies beside a clip's file in a ZIP: captions, and Content Credentials that have no place in a file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from dam.captions import tracks
from dam.media import caption_files
from dam.media.caption_files import Format
from provenance.downloads.models import PresetFile
from provenance.releases.models import Release, ReleaseRenewal
from provenance.sidecars import captions
from provenance.sidecars.models import Sidecar


@dataclass(frozen=True)
class Companion:
    """A small file: its name, what it is, what is in it, and the name of the file that it is about."""

    name: str
    format: str
    content: bytes
    belongs_to: str


def with_credentials(rows: QuerySet[PresetFile]) -> QuerySet[PresetFile]:
    """These files with what belongs to each, in the same query (`credentials`)."""
    theirs = Sidecar.objects.filter(
        release=OuterRef("release"), track=None, sha256=OuterRef("sha256"), content__isnull=False
    )
    return rows.annotate(credentials=Subquery(theirs.exclude(sha256="").values("content")[:1]))


def beside(
    file: Release | ReleaseRenewal | PresetFile,
    release: Release,
    *,
    name: str,
    form: Format | None,
    name_for: Callable[[str], str],
) -> Iterator[Companion]:
    """Those of the file that is called `name`; captions in this form, each language with its credentials.

    `name_for`: the name that a file gets in the place of one that is taken. Two queries where captions are
    wanted, none otherwise.
    """
    if (content := getattr(file, "credentials", None)) is not None:
        yield _credentials(bytes(content), of=name, name_for=name_for)
    if form is None:
        return
    found = tracks.of(release.version)
    signed = captions.contents(release, found, form) if found else {}
    stem = name.removesuffix(Path(name).suffix)
    for track in found:
        said = name_for(f"{stem}.{track.language}.{form}")
        words = _("Captions: %(language)s") % {"language": tracks.name(track)}
        yield Companion(said, words, caption_files.write(tracks.cues(track), form).encode(), name)
        if track.pk in signed:
            yield _credentials(signed[track.pk], of=said, name_for=name_for)


def _credentials(content: bytes, *, of: str, name_for: Callable[[str], str]) -> Companion:
    return Companion(name_for(f"{of}.c2pa"), _("Content Credentials"), content, of)
