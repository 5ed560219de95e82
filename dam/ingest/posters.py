"""The poster of a clip: the most telling frame, or the one that somebody chose.

The choice is kept with the version, so that a poster that is made again is the same one.
"""

from functools import partial

from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets
from dam.catalog.models import AssetKind, RenditionKind, Version
from dam.core import errors
from dam.core.language import number
from dam.ingest import renditions, steps
from dam.media.recipes import Made
from dam.media.runner import Told

MOST_ROUNDS = 5  # of making it while others choose


class NoChoice(errors.Refused):
    """What a poster shows of this file isn't anybody's choice."""

    code = "no_poster_choice"


class NoSuchFrame(errors.Refused):
    """The clip has no frame of this number."""

    code = "no_such_frame"


class _ChosenMeanwhile(Exception):
    """Somebody chose another frame while this one was drawn."""


def why_fixed(kind: str) -> str:
    """Why no frame of such a file can be chosen; empty where one can."""
    if kind == AssetKind.SOUND:
        return _("The poster of a sound is its waveform, so no frame of it can be chosen.")
    if kind == AssetKind.STILL:
        return _("An image is its own poster, so no frame of it can be chosen.")
    return ""


def choose(version: Version, frame: int | None, *, by: Principal) -> bool:
    """Have this frame made the poster, None the most telling one; whether that changed anything.

    Raises NoChoice, NoSuchFrame, PermissionDenied. Reads `version.asset`.
    """
    by.require(Capability.EDIT, brand=version.brand)
    if why := why_fixed(version.kind):
        raise NoChoice(why)
    with trail.recording():
        row = _locked(version)
        if frame is not None:
            _require_frame(row, frame)
        before = row.poster_frame
        if before == frame:
            return False
        row.poster_frame = frame
        row.save(update_fields=["poster_frame"])
        steps.make_anew(row.pk, RenditionKind.POSTER)
        trail.record(
            Verb.ASSET_EDITED,
            brand=version.brand,
            target=version.asset.title,
            actor=by,
            asset_id=version.asset_id,
            data={"poster": [before, frame], "number": version.number},
        )
    version.poster_frame = frame
    return True


def make(version: Version, *, told: Told | None = None) -> str:
    """Make the poster that is wished for now, also where somebody chooses meanwhile. A remark for people.

    `told` hears now and then how much is done, 0 to 1.
    """
    for _round in range(MOST_ROUNDS):
        frame = chosen(version)
        wishes = {} if frame is None else {"chosen": frame}
        try:
            remark = renditions.make(
                version,
                RenditionKind.POSTER,
                wishes=wishes,
                told=told,
                require=partial(_require_chosen, version, frame),
            )
        except _ChosenMeanwhile:
            continue
        assets.publish([version.asset])
        return remark
    raise steps.StepFailed(_("The poster was chosen anew while it was being made. Try again."))


def chosen(version: Version) -> int | None:
    """The frame that somebody chose, as it stands now."""
    return Version.objects.values_list("poster_frame", flat=True).get(pk=version.pk)


def keep(version: Version, made: Made, *, frame: int | None) -> None:
    """Keep the poster that was made of the chosen `frame`; not where somebody has chosen another meanwhile,
    since its step has been put back for that."""
    try:
        renditions.keep(version, RenditionKind.POSTER, made, require=partial(_require_chosen, version, frame))
    except _ChosenMeanwhile:
        return
    assets.publish([version.asset])


def _require_chosen(version: Version, frame: int | None) -> None:
    if _locked(version).poster_frame != frame:
        raise _ChosenMeanwhile


def _require_frame(version: Version, frame: int) -> None:
    count = version.frame_count or 0
    if not count:
        raise NoSuchFrame(_("The frames of this clip aren't counted yet. Try again when it's processed."))
    if not 0 <= frame < count:
        raise NoSuchFrame(
            _("Choose a frame from 0 to %(last)s, which is the last one.") % {"last": number(count - 1)}
        )


def _locked(version: Version) -> Version:
    return Version.objects.select_for_update(no_key=True).get(pk=version.pk)
