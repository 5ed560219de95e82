"""Is the review proxy good enough to judge a clip by? Made again once where it isn't, and then flagged."""

import time

from django.conf import settings
from django.utils.translation import gettext as _

from dam.catalog import versions
from dam.catalog.models import Rendition, RenditionKind, Version
from dam.core import storage
from dam.core.language import number
from dam.ingest import renditions
from dam.media import quality
from dam.media.probe import MediaInfo
from dam.media.quality import Score

BETTER = "dam.media.recipes.better_proxy"
KEY = "quality"  # in the proxy's details


class NotMeasured(Exception):
    """There is nothing to measure, or nothing to measure by; the message says why."""


def measure(version: Version) -> str:
    """Keep the proxy's likeness to its master. Returns how it is, for people. Raises NotMeasured."""
    floor = settings.PROXY_QUALITY_FLOOR
    if not floor:
        raise NotMeasured(_("Quality isn't measured here."))
    if not quality.can_measure():
        raise NotMeasured(_("FFmpeg on this server can't measure quality: it lacks libvmaf."))
    proxy = _proxy(version)
    score, seconds = _score(version, proxy)
    first = None
    if score.mean < floor:
        first = score
        renditions.make(version, RenditionKind.PROXY, recipe=BETTER)
        proxy = _proxy(version)
        score, more = _score(version, proxy)
        seconds += more
    details = {
        "vmaf": score.mean,
        "low": score.low,
        "frames": score.frames,
        "seconds": round(seconds, 1),
        "floor": floor,
        "first": first.mean if first else None,
        "below": score.mean < floor,
    }
    versions.add_rendition_details(proxy, {KEY: details})
    return _told(score, first=first, floor=floor)


def _proxy(version: Version) -> Rendition:
    proxy = Rendition.objects.filter(version=version, kind=RenditionKind.PROXY).first()
    if proxy is None or not proxy.width or not proxy.height:
        raise NotMeasured(_("There is no review proxy to measure."))
    return proxy


def _score(version: Version, proxy: Rendition) -> tuple[Score, float]:
    """And how many seconds it took."""
    info = MediaInfo.from_json(version.media_info)
    began = time.monotonic()
    with storage.local_copy(version.storage_key) as master, storage.local_copy(proxy.storage_key) as made:
        size = (proxy.width or 0, proxy.height or 0)
        score = quality.measure(master, made, info=info, size=size)
    return score, time.monotonic() - began


def _told(score: Score, *, first: Score | None, floor: int) -> str:
    figures = {"vmaf": number(score.mean), "frames": number(score.frames), "floor": floor}
    if first is None:
        return _("VMAF %(vmaf)s over %(frames)s frames.") % figures
    figures["first"] = number(first.mean)
    if score.mean < floor:
        return (
            _(
                "VMAF %(vmaf)s over %(frames)s frames, also at a higher rate: below the floor of %(floor)s. "
                "Judge fine detail by the master."
            )
            % figures
        )
    return _("VMAF %(vmaf)s over %(frames)s frames, made again at a higher rate after %(first)s.") % figures
