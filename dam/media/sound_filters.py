"""What FFmpeg is told to do with the sound of a film, as its filters are written. Pure."""

from dam.media import timeline_filters
from dam.media.presets import Recipe
from dam.media.probe import MediaInfo

# Of a loudness: how far it may swing, and what no peak exceeds (EBU R 128).
SWING, PEAK = 20, -1


def placed(info: MediaInfo) -> str:
    """What moves the sound to where it belongs when the first frame is at zero.

    Where a broadcast changes its channels, this graph begins anew in the middle, so it counts nothing.
    """
    late = info.audio_start - info.first_pts
    if abs(late) * 1000 >= info.duration_ms:  # a time stamp is broken
        return "asetpts=PTS-STARTPTS,aresample=48000:async=1"
    beginning = timeline_filters.exact(info.first_pts)
    return f"asetpts=PTS-{beginning}/TB,atrim=start=0,aresample=48000:async=1"


def in_stereo(info: MediaInfo, most: int | None) -> str:
    """What mixes more channels down before they are measured or levelled: as they are heard in the end."""
    return ",aformat=channel_layouts=stereo" if most is not None and info.audio_channels > most else ""


def measured(target: int) -> str:
    """The first pass: how far it is from so many LUFS, printed as JSON."""
    return f",loudnorm=I={target}:LRA={SWING}:TP={PEAK}:print_format=json"


def levelled(recipe: Recipe, found: dict[str, str] | None) -> str:
    """The second pass: one gain for all where the swing allows it, from what the first one found."""
    if recipe.loudness is None or found is None:
        return ""
    known = ":".join(
        f"measured_{name}={found[key]}"
        for name, key in (
            ("I", "input_i"),
            ("LRA", "input_lra"),
            ("TP", "input_tp"),
            ("thresh", "input_thresh"),
        )
    )
    return (
        f",loudnorm=I={recipe.loudness}:LRA={SWING}:TP={PEAK}:linear=true:{known}"
        f":offset={found['target_offset']},aresample=48000"
    )
