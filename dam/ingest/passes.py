"""Steps of a version that one decoding of its master does (dam.media.one_pass), while they all wait."""

from dam.catalog.models import RenditionKind, Version
from dam.ingest import posters, renditions
from dam.media import one_pass, recipes
from dam.media.probe import MediaInfo
from dam.media.runner import Told


def names(version: Version) -> tuple[str, ...]:
    """The steps, which have the names of what they make; none of a master that isn't worth it."""
    return one_pass.kinds(MediaInfo.from_json(version.media_info)) if version.media_info else ()


def make(version: Version, *, told: Told | None = None) -> dict[str, str]:
    """Make and keep these renditions; a remark for people on each."""
    frame = posters.chosen(version)
    with renditions.opened(version) as (master, folder, info):
        made = recipes.in_one_pass(master, folder, info=info, chosen=frame, told=told)
        for kind, each in made.items():
            if kind == RenditionKind.POSTER:
                posters.keep(version, each, frame=frame)
            else:
                renditions.keep(version, kind, each)
    return {kind: each.remark for kind, each in made.items()}
