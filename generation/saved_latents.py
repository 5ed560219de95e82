"""Latents of takes, in storage until they are clips: after a crash a take is decoded, not made from step 0.

They are kept under a name that says what made them of what: the model, its surroundings and the request. Any
other model or version of a library begins anew. Not to have them costs time and never the take.
"""

import hashlib
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from uuid import UUID

from dam.core import storage
from generation import states
from generation.generators.base import Latents, VideoRequest
from generation.models import GenerationJob
from generation.states import JobState

log = logging.getLogger(__name__)

FOLDER = "staging/latents"
KEPT = timedelta(days=1)  # of a take that failed: as long as somebody may try it again
BATCH = 500
_DIGEST = 32  # bytes of a SHA-256, with which a file begins


def key_of(job_id: UUID, request: VideoRequest, *, weights: str, environment: Mapping[str, str]) -> str:
    """Where the latents lie that this model makes of the request."""
    digest = hashlib.sha256()
    bare = replace(request, guides=())  # asdict would copy all their pictures
    said = asdict(bare) | {"frame_rate": str(request.frame_rate)}
    digest.update(json.dumps([weights, dict(environment), said], sort_keys=True).encode())
    for guide in request.guides:
        digest.update(json.dumps([guide.pictures.shape, guide.at, guide.strength]).encode())
        digest.update(guide.pictures.tobytes())
        digest.update(b"" if guide.region is None else guide.region.tobytes())
    return f"{FOLDER}/{job_id}/{digest.hexdigest()[:32]}"


def find(key: str) -> Latents | None:
    """Those that were kept, whole; None where there are none."""
    try:
        with storage.open_file(key) as file:
            digest, latents = file.read(_DIGEST), file.read()
    except FileNotFoundError:
        return None
    except OSError:
        log.warning("Saved latents can't be read; the take begins anew.", exc_info=True)
        return None
    return latents if hashlib.sha256(latents).digest() == digest else None


def keep(key: str, latents: Latents) -> None:
    try:
        storage.keep(io.BytesIO(hashlib.sha256(latents).digest() + latents), key=key)
    except OSError:
        log.warning("Latents can't be saved; a crash would begin the take anew.", exc_info=True)


def forget(job_id: UUID) -> None:
    """Delete all of a take's; what can't be deleted now goes with the next `sweep`."""
    try:
        for entry in storage.entries(f"{FOLDER}/{job_id}"):
            storage.delete(entry.key)
    except OSError:
        log.warning("Saved latents of %s can't be deleted yet.", job_id, exc_info=True)


def sweep(*, at: datetime) -> int:
    """Delete those of takes that ended or are gone; how many. Of takes that failed a day later."""
    found = {entry.key: entry.modified for entry in storage.entries(FOLDER)}
    keys = list(found)
    count = 0
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        wanted = _wanted({of for key in batch if (of := _job_of(key)) is not None})
        for key in batch:
            state = wanted.get(_job_of(key))
            if state is None or (state == JobState.FAILED and found[key] < at - KEPT):
                storage.delete(key)
                count += 1
    return count


def _wanted(ids: set[UUID]) -> dict[UUID | None, str]:
    rows = GenerationJob.objects.filter(pk__in=ids, state__in=[*states.OPEN, JobState.FAILED])
    return dict(rows.values_list("pk", "state"))


def _job_of(key: str) -> UUID | None:
    try:
        return UUID(key.removeprefix(f"{FOLDER}/").partition("/")[0])
    except ValueError:
        return None
