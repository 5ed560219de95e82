"""Which release does a file look like? For copies that were encoded anew, cropped or cut.

Each release of a video is looked at once, after it was signed, as its preview shows it, and each of an image
as it is. A file that anybody has verified is looked up by an index over all brands: one look reads a bounded
number of rows however many releases there are. What is found looks the same, and that proves nothing.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from dam.catalog.models import AssetKind, RenditionKind
from dam.core import storage
from dam.core.program_limits import Limits
from dam.media import budgets, copy_detection, runner, still_copies
from dam.media.copy_detection import ASKED_PARTS, Prints
from dam.media.errors import FileRefused, MediaFailed
from dam.media.fingerprints import Grey
from dam.media.probe import Kind, MediaInfo
from dam.media.sniffer import ANIMATED_WEBP
from dam.media.still_copies import StillPrint
from provenance.releases.models import Release, ReleasePrint

log = logging.getLogger(__name__)

# Each counts on when prints are made in another way: those of two ways share no token.
SCOPE, STILL_SCOPE = "release:1", "image:1"
KINDS = (AssetKind.VIDEO, AssetKind.STILL)  # what has pictures to be known by
LOOKED_AT = 20  # releases that share the most tokens: each is compared frame by frame
STILLS_LOOKED_AT = 60  # the same of images, which takes less
LEAST_TOKENS = 2  # of hundreds: one alone is shared by chance
COMMON = 500  # releases that have a token (an end card's, say): with more nothing is looked for by it
SECONDS = 5  # that the index is asked for at most: somebody waits
AT_A_TIME = 10
TURN = 30  # seconds: others wait for the same worker
AGAIN = timedelta(minutes=60)  # longer than one is looked at
MOST_ATTEMPTS = 3
NEWEST = 1000  # that a process of an earlier version may have left without a row

_ALIKE = """
    WITH hit AS MATERIALIZED (
        SELECT asked.token, holder.release_id FROM unnest(%(asked)s::integer[]) AS asked (token)
        CROSS JOIN LATERAL (
            SELECT release_id FROM provenance_releaseprint WHERE tokens @> ARRAY[asked.token]
            LIMIT %(common)s + 1
        ) AS holder
    ),
    common AS (SELECT token FROM hit GROUP BY token HAVING count(*) > %(common)s)
    SELECT release_id FROM hit WHERE token NOT IN (SELECT token FROM common)
    GROUP BY release_id HAVING count(*) >= %(least)s
    ORDER BY count(*) DESC, release_id DESC LIMIT %(most)s
"""


@dataclass(frozen=True)
class Likeness:
    """A release that a file looks like: how much, and what was done to it.

    `share` is copy_detection.Match.share, of an image (`still`) still_copies.Match.share.
    """

    release: int
    share: float
    cropped: bool = False
    mirrored: bool = False
    still: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def tend(*, at: datetime | None = None) -> int:
    """Look at releases that wait for it; how many. Safe at any time, also twice at once."""
    at, done = at or timezone.now(), 0
    _expect_newest(at)
    begun = time.monotonic()
    while done < AT_A_TIME and time.monotonic() - begun < TURN and (row := _claim(at)) is not None:
        done += 1
        made = _made(row.release)
        content = made.to_bytes() if made else None
        tokens = made.tokens(STILL_SCOPE if isinstance(made, StillPrint) else SCOPE) if made else []
        kept = ReleasePrint.objects.filter(pk=row.pk)
        kept.update(due_at=None, content=content, tokens=tokens)
        if made is None and row.release.version.kind == AssetKind.STILL:
            kept.update(attempts=MOST_ATTEMPTS)  # a process of an earlier version makes none of any image
    return done


def look(path: Path) -> list[Likeness]:
    """The releases that a video or an image looks like, the most alike first; none of what has no pictures.

    Reads it for some seconds at most.
    """
    try:
        info = runner.probe(path, limits=budgets.ASKED)
        if info.kind is Kind.STILL:
            return _like_image(_still(path, info, limits=budgets.ASKED))
        long = budgets.is_long(frames=info.frame_count, pixels=info.width * info.height)
        if info.kind is not Kind.VIDEO or info.format is ANIMATED_WEBP or long:
            return []
        shown = pictures(path, info, asked=True, limits=budgets.ASKED)
    except (FileRefused, MediaFailed) as problem:
        log.info("%s wasn't compared with releases: %r", path.name, problem)
        return []
    found: dict[int, Likeness] = {}
    for mirrored in (False, True):
        turned = copy_detection.mirrored(shown) if mirrored else shown
        asked = copy_detection.of(turned, length_ms=info.duration_ms, parts=ASKED_PARTS)
        for each in _alike(asked, mirrored=mirrored) if asked else ():
            if each.release not in found or found[each.release].share < each.share:
                found[each.release] = each
    return sorted(found.values(), key=lambda each: (-each.share, -each.release))


def _like_image(picture: Grey) -> list[Likeness]:
    asked = still_copies.asked(picture)
    if asked is None:
        return []
    found = []
    for row in _sharing(asked.tokens(STILL_SCOPE), most=STILLS_LOOKED_AT):
        match = still_copies.match(asked, StillPrint.from_bytes(bytes(row.content or b"")))
        if match is not None:
            found.append(Likeness(row.pk, match.share, match.cropped, match.mirrored, still=True))
    return sorted(found, key=lambda each: (-each.share, -each.release))


def _sharing(tokens: list[int], *, most: int) -> Iterator[ReleasePrint]:
    """The releases that share the most of these tokens."""
    words: dict[str, Any] = {"asked": tokens, "common": COMMON, "least": LEAST_TOKENS, "most": most}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
        cursor.execute(_ALIKE, words)
        keys = [row[0] for row in cursor.fetchall()]
    yield from ReleasePrint.objects.filter(pk__in=keys, content__isnull=False).iterator()


def _alike(asked: Prints, *, mirrored: bool) -> list[Likeness]:
    found = []
    for row in _sharing(asked.asked(SCOPE), most=LOOKED_AT):
        match = copy_detection.match(asked, Prints.from_bytes(bytes(row.content or b"")))
        if copy_detection.is_copy(match):
            found.append(Likeness(row.pk, round(match.share, 3), match.part != 0, mirrored))
    return found


def _expect_newest(at: datetime) -> None:
    newest = Release.objects.order_by("-pk").values("pk")[:NEWEST]
    rows = Release.objects.filter(pk__in=newest, print=None, signed_at__isnull=False)
    missing = rows.filter(version__kind__in=KINDS).values_list("pk", flat=True)
    ReleasePrint.objects.bulk_create(
        [ReleasePrint(release_id=key, due_at=at) for key in missing], ignore_conflicts=True
    )
    # A process of an earlier version looks at images as if they were films, and sees nothing.
    unseen = ReleasePrint.objects.filter(release__in=newest, due_at=None, content=None)
    unseen = unseen.filter(attempts__lt=MOST_ATTEMPTS, release__version__kind=AssetKind.STILL)
    unseen.update(due_at=at)


def _claim(at: datetime) -> ReleasePrint | None:
    """The next one, for the time that looking at it may take; one that was tried too often is let be."""
    with transaction.atomic():
        waiting = ReleasePrint.objects.select_for_update(skip_locked=True, of=("self",))
        row = (
            waiting.filter(due_at__lte=at).select_related("release__version").order_by("-release_id").first()
        )
        if row is None:
            return None
        given_up = row.attempts >= MOST_ATTEMPTS
        due_at = None if given_up else at + AGAIN
        ReleasePrint.objects.filter(pk=row.pk).update(due_at=due_at, attempts=row.attempts + 1)
    return _claim(at) if given_up else row


def _made(release: Release) -> Prints | StillPrint | None:
    """Of its preview, which is quick to read; of its master where there is none, and of an image's."""
    version, still = release.version, release.version.kind == AssetKind.STILL
    proxy = version.rendition_by_kind.get(RenditionKind.PROXY)
    for key in filter(None, (proxy.storage_key if proxy else "", version.storage_key)):
        try:
            with storage.local_copy(key) as path:
                info = runner.probe(path)
                if still:
                    return still_copies.of(_still(path, info))
                return copy_detection.of(pictures(path, info), length_ms=info.duration_ms)
        except (FileNotFoundError, FileRefused, MediaFailed) as problem:
            log.warning("Release %s couldn't be looked at by %s: %r", release.pk, key, problem)
    return None


def _still(path: Path, info: MediaInfo, *, limits: Limits | None = None) -> Grey:
    """Raises FileRefused or MediaFailed."""
    [frame] = runner.sample_frames(path, info=info, count=1, max_side=still_copies.SIDE, limits=limits)
    return np.asarray(Image.fromarray(frame.rgb).convert("L"), np.float32)


def pictures(path: Path, info: MediaInfo, *, asked: bool = False, limits: Limits | None = None) -> list[Grey]:
    """The frames to compare: of an original, or (`asked`) of a file that may be a copy.

    Raises FileRefused or MediaFailed.
    """
    every_ms = copy_detection.every_ms(info.duration_ms, asked=asked)
    frames = runner.sample_frames(
        path, info=info, every_ms=every_ms, max_side=copy_detection.SIDE, limits=limits
    )
    return [np.asarray(Image.fromarray(frame.rgb).convert("L"), np.float32) for frame in frames]
