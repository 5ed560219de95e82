"""FFmpeg from the imageio-ffmpeg wheel, for a machine that has none."""

from functools import cache


class FFmpegMissing(RuntimeError):
    """No FFmpeg was found."""


@cache
def binary() -> str:
    """The path of an ffmpeg program. Raises FFmpegMissing where the wheel is not installed."""
    try:
        import imageio_ffmpeg

        path: str = imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise FFmpegMissing("No FFmpeg here. Set FFMPEG_BINARY to the path of one.") from error
    return path
