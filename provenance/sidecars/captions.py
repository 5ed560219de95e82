"""The Content Credentials of captions of released videos: a worker signs them, once for each change.

Captions are no part of a release, and nobody approves them: theirs say which release they are for, whether a
model heard them, and that these are the words. After a change there are none until they are signed anew.
"""

import hashlib
import logging
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from dam.captions import tracks
from dam.captions.models import CaptionTrack, TrackSource
from dam.catalog.models import Version
from dam.core import outages, storage
from dam.media import caption_files
from dam.media.caption_files import Format
from provenance.manifests import signing
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.claims import CaptionFacts
from provenance.manifests.signers import SignerExpired
from provenance.manifests.signing_command import NotItsSignature
from provenance.releases import signable
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus
from provenance.sidecars import store
from provenance.sidecars.models import Sidecar

log = logging.getLogger(__name__)

AT_A_TIME = 50
TURN_SECONDS = 30.0  # releases that people wait for stand behind it in the same queue
AGAIN = timedelta(hours=1)
LATELY = timedelta(hours=2)  # changed, where not all are looked through; or of one of the NEWEST releases
NEWEST = 500
MOST_ATTEMPTS = 5
CANNOT = (
    *signable.NOT_SET_UP,
    SignerExpired,
    SigningFailed,
    NotItsSignature,
    signing.NotAsSigned,
    FileNotFoundError,
)


def sign(*, at: datetime | None = None, lately: bool = False) -> int:
    """Sign what waits for it, or of that what came lately: how many. Safe at any time, also twice at once.

    Raises on what was away: the others of this turn wait for it, too.
    """
    at, signed, begun = at or timezone.now(), 0, time.monotonic()
    for track, form in _waiting(at, lately=lately):
        if time.monotonic() - begun > TURN_SECONDS:
            break
        signed += _sign(track, form, at=at)
    return signed


def content(release: Release, track: CaptionTrack, form: Format) -> bytes | None:
    """What belongs to the captions as they are now, in this form; None where it isn't there yet."""
    written = hashlib.sha256(_written(track, form)).hexdigest()
    rows = Sidecar.objects.filter(release=release, track=track, form=form, sha256=written)
    found = rows.values_list("content", flat=True).first()
    return None if found is None else bytes(found)


def contents(release: Release, found: Iterable[CaptionTrack], form: Format) -> dict[int, bytes]:
    """What belongs to each of these captions as they are now, by their keys. One query."""
    written = {track.pk: hashlib.sha256(_written(track, form)).hexdigest() for track in found}
    rows = Sidecar.objects.filter(release=release, track__in=written, form=form, content__isnull=False)
    there = rows.values_list("track_id", "sha256", "content")
    return {
        int(key or 0): bytes(content or b"") for key, sha256, content in there if written[key or 0] == sha256
    }


def signed(version: Version) -> set[tuple[int, str]]:
    """Of the captions of a version with a release, those that are signed as they are: (key, form)."""
    rows = Sidecar.objects.filter(release__version=version, release__state=ReleaseStatus.READY)
    rows = rows.filter(content__isnull=False, revision=F("track__revision"))
    return {(int(track or 0), form) for track, form in rows.values_list("track_id", "form")}


def _waiting(at: datetime, *, lately: bool) -> Iterator[tuple[Any, Format]]:
    """Tracks with `release_id`, those of the newest releases first."""
    looked_at: list[dict[str, Any]] = [{}]
    if lately:  # all of them are too many for each minute
        newest = list(Release.objects.order_by("-pk").values_list("pk", flat=True)[:NEWEST])
        looked_at = [{"changed_at__gt": at - LATELY}, {"version__releases__in": newest}]
    for form, those in product(Format, looked_at):
        rows = CaptionTrack.objects.filter(
            removed_at=None, version__releases__state=ReleaseStatus.READY, **those
        )
        rows = rows.annotate(release_id=F("version__releases"))
        theirs = Sidecar.objects.filter(track=OuterRef("pk"), release=OuterRef("release_id"), form=form)
        settled = Q(content__isnull=False) | Q(tried_at__gt=at - AGAIN) | Q(attempts__gte=MOST_ATTEMPTS)
        done = theirs.filter(settled, revision=OuterRef("revision"))
        for track in rows.filter(~Exists(done)).order_by("-release_id", "pk")[:AT_A_TIME]:
            yield track, form


def _sign(track: Any, form: Format, *, at: datetime) -> bool:
    """Of a track with `release_id`."""
    release = Release.objects.select_related("asset", "brand").get(pk=track.release_id)
    row, new = Sidecar.objects.get_or_create(
        release=release, track=track, form=form, defaults={"tried_at": at}
    )
    mine = Sidecar.objects.filter(pk=row.pk)
    again = not new and row.revision == track.revision
    mine.update(
        revision=track.revision,
        content=None,
        sha256="",
        tried_at=at,
        attempts=F("attempts") + 1 if again else 1,
    )
    written = _written(track, form)
    facts = CaptionFacts(
        title=f"{release.asset.title} ({track.language})",
        language=track.language,
        recognised=track.source == TrackSource.RECOGNISED,
        corrected=track.revision > 0,
        release_sha256=release.sha256,
        at=at,
        data_mining=release.brand.data_mining,
    )
    try:
        with storage.local_copy(release.storage_key) as film, storage.scratch() as folder:
            words, out = folder / f"captions.{form}", folder / "captions.c2pa"
            words.write_bytes(written)
            signing.sign_captions(words, release=film, out=out, facts=facts)
            made = out.read_bytes()
    except CANNOT as problem:
        log.warning("Captions of release %s couldn't be signed: %r", release.pk, problem)
        mine.update(problem=str(problem)[:1000])
        return False
    except Exception as problem:
        if outages.describe(problem) is not None:  # which says nothing about them
            mine.update(attempts=F("attempts") - 1, tried_at=at - AGAIN)
        raise
    if len(made) > store.MOST_BYTES:
        mine.update(problem="It is larger than the limit.", attempts=MOST_ATTEMPTS)
        return False
    kept = mine.filter(revision=track.revision)
    return bool(kept.update(content=made, sha256=hashlib.sha256(written).hexdigest(), problem=""))


def _written(track: CaptionTrack, form: Format) -> bytes:
    """The file as it is downloaded."""
    return caption_files.write(tracks.cues(track), form).encode()
