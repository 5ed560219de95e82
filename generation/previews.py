"""The latest preview picture of a running job: in the cache, for it is worth nothing an hour later."""

from uuid import UUID

import redis
from django.core.cache import cache

KEPT_SECONDS = 3600


def keep(job_id: UUID, jpeg: bytes) -> None:
    """Make it the job's preview. A cache that is away costs the picture, never the job."""
    try:
        cache.set(_key(job_id), jpeg, KEPT_SECONDS)
    except redis.RedisError:
        return


def find(job_id: UUID) -> bytes | None:
    try:
        jpeg: bytes | None = cache.get(_key(job_id))
    except redis.RedisError:
        return None
    return jpeg


def forget(job_id: UUID) -> None:
    try:
        cache.delete(_key(job_id))
    except redis.RedisError:
        return


def _key(job_id: UUID) -> str:
    return f"job-preview-{job_id}"
