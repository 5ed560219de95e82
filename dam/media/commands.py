"""FFmpeg's command lines, built as graphs with ffmpeg-python. Pure: nothing runs here."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from dam.media import (
    colour,
    cutting,
    matrices,
    presets,
    sound_filters,
    specs,
    timeline_filters,
    watermark_filters,
)
from dam.media.cutting import Cut, Piece
from dam.media.presets import Medium, Recipe
from dam.media.probe import MediaInfo
from dam.media.specs import Movie, Stream
from dam.media.timeline_filters import MICROSECONDS

# No look at standard input, no banner; warnings, for dam.media.damage; the output has a name of ours.
# Time stamps stay as they are in the file: that is how the timeline was measured. However much is damaged,
# the rest is shown.
GLOBAL = ("-nostdin", "-hide_banner", "-loglevel", "repeat+warning", "-copyts", "-max_error_rate", "1")
# No encoder's name, no date: the same frames give the same bytes.
BIT_EXACT = {"fflags": "+bitexact", "flags:v": "+bitexact", "flags:a": "+bitexact", "map_metadata": -1}
THREADS = 2
# Packets of sound that wait for the first one of the picture: six hours have a million.
MOST_WAITING = 10_000_000
SCALING = "bicubic+accurate_rnd+full_chroma_int"
TABLE = "colours.cube"  # beside what is made
WORDS, CAPTIONS, FONTS = "words.ass", "captions.srt", "fonts"  # the same, for presets
VMAF_MODEL = "vmaf_v0.6.1"  # built into libvmaf
BUFFER_SECONDS = 2  # of a rung's highest rate: how far it may be over it for a while
QUEUED = 8  # packets of a film that wait for its decoder
AAC_DELAY = 1024  # samples, at 48 kHz: what FFmpeg's encoder puts before the first one
PROGRESS = ("-progress", "pipe:1", "-stats_period", "1")  # on standard output, each second


def told(command: Sequence[str]) -> list[str]:
    """The same command, telling on standard output how far it is."""
    return [command[0], *PROGRESS, *command[1:]]


def make_movie(
    source: Path,
    out: Path,
    *,
    info: MediaInfo,
    spec: Movie,
    binary: str,
    words: bool = False,
    marked: bool = False,
) -> list[str]:
    """An H.264 MP4 of `source`, upright, in square pixels, on the review timeline (dam.media.timing).

    Where colour.of(info) isn't plain, its table is read from TABLE in the working folder, with `words` what
    is drawn over the picture from WORDS, and if it is `marked` the invisible watermark (watermark_filters).
    """
    given, size = _film(source, info), specs.fit(info, spec.longest_side)
    picture = _picture(given[str(info.video_index)], info, size)
    if marked:
        picture = watermark_filters.lay(picture, width=size[0], height=size[1], pixels="yuv420p")
    if words:
        picture = picture.filter("ass", WORDS, fontsdir=FONTS).filter("format", "yuv420p")
    streams = [picture]
    options: dict[str, Any] = {
        "c:v": "libx264",
        "preset": spec.preset,
        "crf": spec.crf,
        "g": spec.keyframe_every,
        "pix_fmt": "yuv420p",
        "fps_mode": "passthrough",
        "threads": THREADS,
        **_BT709,
    }
    if spec.group_seconds is not None:
        every = specs.group_frames(info, spec.group_seconds)
        options |= {"force_key_frames": f"expr:not(mod(n,{every}))", "bf": 0}
    if info.audio_index is not None:
        # By a graph of its own: in one with the picture's it waits for the first picture, which some decoders
        # give at the very end, and FFmpeg has room for less than an hour of sound that waits.
        streams.append(given[str(info.audio_index)])
        options |= {"c:a": "aac", "b:a": f"{spec.audio_kbps}k", "ac": min(info.audio_channels, 2) or 1}
        options |= {"filter:a": sound_filters.placed(info), "max_muxing_queue_size": MOST_WAITING}
    return _compile(ffmpeg.output(*streams, _name(out), **options, **_MP4), binary)


def make_stream(
    source: Path, folder: Path, *, info: MediaInfo, spec: Stream, binary: str, without: int | None = None
) -> list[str]:
    """The rungs of specs.ladder as `folder`/0, 1 …, each with its playlist, 0.m3u8, but for the one `without`
    which it goes. Else as make_movie."""
    given = _film(source, info)
    rungs = [each for each in enumerate(specs.ladder(info, spec)) if each[0] != without]
    largest = _picture(given[str(info.video_index)], info, rungs[-1][1][1])
    pictures = largest.filter_multi_output("split", len(rungs))
    every = specs.group_frames(info, spec.keyframe_seconds)
    outputs = []
    for place, (number, (rung, (width, height))) in enumerate(rungs):
        picture = pictures[place].filter("scale", width, height, flags=SCALING)
        options = {
            "c:v": "libx264",
            "preset": spec.preset,
            "crf": rung.crf,
            "pix_fmt": "yuv420p",
            "maxrate": f"{rung.most_kbps}k",
            "bufsize": f"{BUFFER_SECONDS * rung.most_kbps}k",
            # The same key frames in all, and no frame before them in another order than it is shown in.
            "g": every,
            "keyint_min": every,
            "sc_threshold": 0,
            "bf": 0,
            "fps_mode": "passthrough",
            "threads": THREADS,
            **_BT709,
            **BIT_EXACT,
        }
        outputs.append(_rung(picture, given, folder, number, info=info, spec=spec, options=options))
    return _compile(ffmpeg.merge_outputs(*outputs), binary)


def copy_rung(
    source: Path, proxy: Path, folder: Path, *, number: int, info: MediaInfo, spec: Stream, binary: str
) -> list[str]:
    """The rung of that number with the proxy's pictures as they are, and sound as that of the others."""
    picture = ffmpeg.input(_name(proxy), f="mov", protocol_whitelist="file")["v:0"]
    options = {"c:v": "copy", **{name: value for name, value in BIT_EXACT.items() if name != "flags:v"}}
    given = _film(source, info)
    return _compile(_rung(picture, given, folder, number, info=info, spec=spec, options=options), binary)


def _rung(
    picture: Any,
    given: Any,
    folder: Path,
    number: int,
    *,
    info: MediaInfo,
    spec: Stream,
    options: dict[str, Any],
) -> Any:
    streams = [picture]
    # Down to whole microseconds: so each segment ends at its last group, whatever other key frames there are.
    seconds = specs.segment_frames(info, spec) * MICROSECONDS // info.frame_rate
    options |= {
        "map_chapters": -1,
        "f": "hls",
        "hls_time": f"{seconds}us",
        "hls_list_size": 0,
        "hls_flags": "single_file",
        "hls_playlist_type": "vod",
        "hls_segment_type": "fmp4",
        "hls_segment_filename": _name(folder / str(number)),
    }
    if info.audio_index is not None:
        streams.append(given[str(info.audio_index)])
        # What the encoder puts before the sound would else move the picture on: so many samples go.
        exact = f"{sound_filters.placed(info)},atrim=start_pts={AAC_DELAY}"
        options |= {"c:a": "aac", "b:a": f"{spec.audio_kbps}k", "ac": min(info.audio_channels, 2) or 1}
        options |= {"filter:a": exact, "max_muxing_queue_size": MOST_WAITING}
    return ffmpeg.output(*streams, _name(folder / f"{number}.m3u8"), **options)


def make_preset(
    source: Path,
    out: Path,
    *,
    info: MediaInfo,
    recipe: Recipe,
    focus: tuple[int, int],
    binary: str,
    words: bool = False,
    captions: str = "",
    loudness: dict[str, str] | None = None,
    frame: int = 0,
    better: bool = False,
    aigc: str = "",
    marked: bool = False,
) -> list[str]:
    """A file of this recipe. In the working folder lie TABLE, with `words` WORDS, and where `captions`, a
    language, is given CAPTIONS. `loudness` is what measure_loudness found; `frame` the one a still shows;
    `better` takes what the format has for a second try; a video has `aigc` among its tags. If it is `marked`,
    the invisible watermark lies there, too (watermark_filters).
    """
    spec, given = recipe.spec, _film(source, info)
    # Words stay readable on whatever ground: with them, the clip's transparency is laid on black.
    see_through = spec.see_through if info.transparent and not words else ""
    deep = see_through.endswith("10le")
    picture = _shaped(given, info, recipe, focus, see_through=bool(see_through))
    if spec.medium is Medium.STILL:
        picture = picture.filter("trim", start_frame=frame, end_frame=frame + 1)
        picture = picture.filter("setpts", "PTS-STARTPTS")
    elif presets.rate(info, recipe) < info.frame_rate:
        picture = picture.filter("fps", fps=_rate(presets.rate(info, recipe)))
    if words:
        picture = picture.filter("ass", WORDS, fontsdir=FONTS)
    if see_through:
        seen = picture.filter("format", "rgba64le" if deep else "rgba").filter_multi_output("split")
        picture = seen[0].filter("format", "rgb48le" if deep else "rgb24")
        alpha = seen[1].filter("alphaextract")
    if marked:
        width, height = presets.size(info, recipe)
        picture = watermark_filters.lay(picture, width=width, height=height, pixels=spec.pixels)
    if see_through and spec.alpha:
        picture = _in_bt709(picture.filter("format", "rgb24"), spec.pixels)
        alpha = alpha.filter("format", "gray").filter("setparams", colorspace="bt709", range="pc")
    elif see_through:
        whole = picture.filter("format", "rgba64le" if deep else "rgba")
        picture = ffmpeg.filter([whole, alpha], "alphamerge")
        picture = _in_bt709(picture, see_through) if deep else picture.filter("format", see_through)
    if spec.pixels == "rgb24" and spec.medium is Medium.ANIMATION:
        # A palette for each picture: one for all would keep every picture in memory.
        both = picture.filter_multi_output("split")
        palette = both[1].filter("palettegen", stats_mode="single")
        picture = ffmpeg.filter([both[0], palette], "paletteuse", new=1, dither="sierra2_4a")
    elif see_through:
        pass
    elif spec.old_matrix:
        new, old = {"in_color_matrix": "bt709", "in_range": "tv"}, {"out_color_matrix": "bt601"}
        picture = picture.filter("scale", flags=SCALING, out_range=spec.old_matrix, **new, **old)
        picture = picture.filter("format", spec.pixels)
    else:
        picture = picture.filter("format", spec.pixels)
    options: dict[str, Any] = {"c:v": spec.encoder, "threads": THREADS, "fps_mode": "passthrough"}
    options |= presets.encoding(recipe, better=better) | {"f": spec.muxer, **BIT_EXACT}
    options |= {**spec.keeping, **spec.alpha} if see_through else {}
    if spec.medium is not Medium.VIDEO:
        del options["flags:a"]
    if not spec.old_matrix and spec.pixels != "rgb24":
        options |= _BT709
    streams = [picture, alpha] if see_through and spec.alpha else [picture]
    if spec.medium is Medium.VIDEO:
        options |= {"map_chapters": -1} | ({"metadata": f"AIGC={aigc}"} if aigc else {})
        if spec.kind.boxes:  # which have a tag of that name only so
            options |= {"movflags": "+faststart+use_metadata_tags" if aigc else "+faststart"}
        if info.audio_index is not None:
            streams.append(given[str(info.audio_index)])
            options |= {**spec.sound, "ac": min(info.audio_channels, 2) or 1}
            sound = sound_filters.placed(info) + sound_filters.in_stereo(info, 2)
            options |= {"filter:a": sound + sound_filters.levelled(recipe, loudness)}
            options |= {"max_muxing_queue_size": MOST_WAITING}
        if captions:
            text = ffmpeg.input(_name(Path(CAPTIONS)), f="srt", protocol_whitelist="file")
            streams.append(text["s:0"])
            options |= {"c:s": "mov_text", "metadata:s:s:0": f"language={captions}"}
    elif spec.medium is Medium.STILL and len(streams) == 1:
        options |= {"frames:v": 1}
    made: list[str] = _compile(ffmpeg.output(*streams, _name(out), **options), binary)
    return told(made)


def make_preset_sound(
    source: Path,
    out: Path,
    *,
    info: MediaInfo,
    recipe: Recipe,
    binary: str,
    loudness: dict[str, str] | None = None,
) -> list[str]:
    """A file of sound alone by this recipe; `loudness` is what measure_loudness found."""
    spec = recipe.spec
    given = ffmpeg.input(
        _name(source),
        f=info.format.demuxer,
        **info.reading,
        protocol_whitelist="file",
        err_detect="ignore_err",
    )
    options: dict[str, Any] = {**spec.sound, "f": spec.muxer, "map_chapters": -1, **BIT_EXACT}
    if spec.kind.boxes:
        options |= {"movflags": "+faststart"}
    sound = sound_filters.in_stereo(info, spec.most_channels) + sound_filters.levelled(recipe, loudness)
    if sound:
        options |= {"filter:a": sound.removeprefix(",")}
    return _compile(ffmpeg.output(given[str(info.audio_index)], _name(out), **options), binary)


def make_cut(
    pieces: Sequence[Piece],
    out: Path,
    *,
    cut: Cut,
    binary: str,
    sound: Path | None = None,
    marked: bool = False,
) -> list[str]:
    """An H.264 MP4 of these pieces one after another, each cropped and scaled to the size of the cut.

    In the working folder lie, by a piece's number, colours-N.cube where its colours want a table, and of an
    image N.rgb, which fills the cut's size; `sound` are samples as cutting.lay_sound writes them.
    """
    pictures = []
    for number, piece in enumerate(pieces):
        if piece.still:
            raw = {"f": "rawvideo", "pix_fmt": "rgb24", "s": f"{cut.width}x{cut.height}"}
            picture = ffmpeg.input(_name(Path(f"{number}.rgb")), framerate=_rate(cut.rate), **raw)
            picture = picture.filter("scale", out_color_matrix="bt709", out_range="tv", flags=SCALING)
        else:
            box = cutting.box(piece.info, (cut.width, cut.height), focus=piece.focus)
            # Of one film in two pieces ffmpeg-python would make one input: so each is another to it.
            film = _film(piece.path, piece.info, thread_queue_size=QUEUED + number)
            video, size = film[str(piece.info.video_index)], (cut.width, cut.height)
            table = f"colours-{number}.cube"
            picture = _picture(video, piece.info, size, box=box, pixels="", table=table)
            picture = picture.filter("trim", start_frame=piece.first, end_frame=piece.end)
            picture = picture.filter("setpts", "PTS-STARTPTS")
            picture = picture.filter(
                "fps", fps=_rate(cut.rate), round="near", start_time=0, eof_action="pass"
            )
        frames = piece.frames(cut.rate)
        picture = picture.filter("tpad", stop_mode="clone", stop=frames).filter("trim", end_frame=frames)
        picture = picture.filter("setsar", "1").filter("format", "yuv420p")
        pictures.append(picture.filter("setpts", "PTS-STARTPTS"))
    film = ffmpeg.concat(*pictures, v=1, a=0) if len(pictures) > 1 else pictures[0]
    film = film.filter("settb", f"{cut.rate.denominator}/{cut.rate.numerator}").filter("setpts", "N")
    if marked:
        film = watermark_filters.lay(film, width=cut.width, height=cut.height, pixels="yuv420p")
    spec = specs.RELEASE
    options: dict[str, Any] = {
        "c:v": "libx264",
        "preset": spec.preset,
        "crf": spec.crf,
        "g": spec.keyframe_every,
        "pix_fmt": "yuv420p",
        "fps_mode": "passthrough",
        "threads": THREADS,
        **_BT709,
    }
    streams = [film]
    if sound is not None:
        samples = {
            "f": "s16le",
            "ar": cutting.SOUND_RATE,
            "ac": cutting.CHANNELS,
            "protocol_whitelist": "file",
        }
        streams.append(ffmpeg.input(_name(sound), **samples)["0"])
        options |= {"c:a": "aac", "b:a": f"{spec.audio_kbps}k", "max_muxing_queue_size": MOST_WAITING}
    return told(_compile(ffmpeg.output(*streams, _name(out), **options, **_MP4), binary))


def compare(
    master: Path, made: Path, *, info: MediaInfo, size: tuple[int, int], every: int, out: Path, binary: str
) -> list[str]:
    """How much a movie that was made of the master (by make_movie) looks like it: libvmaf's report in `out`.

    The master is shown as for that movie, at its size; of both every so many frames are compared.
    """
    film = _film(master, info)
    return _compare(_picture(film[str(info.video_index)], info, size), made, every, out, binary)


def compare_preset(
    source: Path,
    made: Path,
    *,
    info: MediaInfo,
    recipe: Recipe,
    focus: tuple[int, int],
    every: int,
    out: Path,
    binary: str,
    words: bool = False,
) -> list[str]:
    """The same of a movie that make_preset made: its source cropped, scaled and written over as it is."""
    reference = _shaped(_film(source, info), info, recipe, focus)
    if words:
        reference = reference.filter("ass", WORDS, fontsdir=FONTS)
    reference = reference.filter("format", "yuv420p")
    return _compare(reference, made, every, out, binary, demuxer=recipe.spec.kind.demuxer)


def _compare(
    reference: Any, made: Path, every: int, out: Path, binary: str, *, demuxer: str = "mov"
) -> list[str]:
    other = ffmpeg.input(_name(made), f=demuxer, protocol_whitelist="file", threads=THREADS)["v:0"]
    pair = [
        stream.filter("select", f"not(mod(n,{every}))").filter("settb", "1/25").filter("setpts", "N")
        for stream in (other.filter("format", "yuv420p"), reference)
    ]
    score = ffmpeg.filter(
        pair,
        "libvmaf",
        model=f"version={VMAF_MODEL}",
        log_fmt="json",
        log_path=out.name,
        n_threads=THREADS,
        shortest=1,
    )
    command: list[str] = ffmpeg.compile(ffmpeg.output(score, "-", f="null").global_args(*GLOBAL), cmd=binary)
    return command


def measure_loudness(
    source: Path, *, info: MediaInfo, target: int, binary: str, most_channels: int | None = None
) -> list[str]:
    """Prints on standard error, in JSON at the end, how loud the sound is: the first of two passes."""
    given = ffmpeg.input(
        _name(source),
        f=info.format.demuxer,
        **info.reading,
        protocol_whitelist="file",
        err_detect="ignore_err",
    )
    sound = sound_filters.placed(info) + sound_filters.in_stereo(info, most_channels)
    options = {"filter:a": sound + sound_filters.measured(target), "f": "null"}
    output = ffmpeg.output(given[str(info.audio_index)], "-", **options)
    told = [("repeat+info" if each == "repeat+warning" else each) for each in GLOBAL]
    command: list[str] = ffmpeg.compile(output.global_args(*told, "-nostats"), cmd=binary)
    return command


def extract_sound(
    source: Path, out: Path, *, info: MediaInfo, rate: int, binary: str, channels: int = 1
) -> list[str]:
    """The sound as plain samples, 16 bits, from the first frame on, with silence in its gaps."""
    given = ffmpeg.input(
        _name(source),
        f=info.format.demuxer,
        **info.reading,
        protocol_whitelist="file",
        threads=THREADS,
        err_detect="ignore_err",
    )
    options = {"c:a": "pcm_s16le", "f": "s16le", "ac": channels, "ar": rate}
    sound = sound_filters.placed(info).replace(
        "aresample=48000:async=1", f"aresample={rate}:async=1:first_pts=0"
    )
    return _compile(
        ffmpeg.output(given[str(info.audio_index)], _name(out), **options, **{"filter:a": sound}), binary
    )


def convert_sound(source: Path, out: Path, *, info: MediaInfo, spec: specs.Sound, binary: str) -> list[str]:
    """The sound alone in another format, from its first sample on."""
    given = ffmpeg.input(
        _name(source),
        f=info.format.demuxer,
        **info.reading,
        protocol_whitelist="file",
        threads=THREADS,
        err_detect="ignore_err",
    )
    options: dict[str, Any] = {"c:a": spec.codec, "f": spec.container, "map_chapters": -1, **BIT_EXACT}
    if spec.container == "mp4":
        options["movflags"] = "+faststart"
    if spec.kbps is not None:
        options["b:a"] = f"{spec.kbps}k"
    if spec.most_channels is not None:
        options["ac"] = min(info.audio_channels, spec.most_channels) or 1
    return _compile(ffmpeg.output(given[str(info.audio_index)], _name(out), **options), binary)


def name_sound(source: Path, out: Path, *, info: MediaInfo, name: str, binary: str) -> list[str]:
    """The sound of one of our own files (specs.LISTEN) as it is, with this comment among its tags."""
    given = ffmpeg.input(_name(source), f=info.format.demuxer, protocol_whitelist="file", **info.reading)
    options: dict[str, Any] = {"c:a": "copy", "f": specs.LISTEN.container, "map_chapters": -1, **BIT_EXACT}
    options |= {"movflags": "+faststart", "metadata": f"comment={name}"}
    return _compile(ffmpeg.output(given[str(info.audio_index)], _name(out), **options), binary)


def extract_subtitles(source: Path, out: Path, *, info: MediaInfo, binary: str) -> list[str]:
    """The first subtitles that are text, as SubRip. Fails where there are none."""
    given = ffmpeg.input(_name(source), f=info.format.demuxer, protocol_whitelist="file", **info.reading)
    return _compile(ffmpeg.output(given["s:0"], _name(out), **{"c:s": "srt", "f": "srt"}), binary)


def encode_raw(
    out: Path,
    *,
    width: int,
    height: int,
    frame_rate: Fraction,
    spec: Movie,
    binary: str,
    marked: bool = False,
) -> list[str]:
    """An H.264 MP4 of raw RGB frames on standard input; the same frames give the same bytes.

    If it is `marked`, the invisible watermark lies in the working folder (watermark_filters).
    """
    given = ffmpeg.input(
        "pipe:0", f="rawvideo", pix_fmt="rgb24", s=f"{width}x{height}", framerate=_rate(frame_rate)
    )
    picture = given.filter(
        "scale",
        out_color_matrix="bt709",
        out_range="tv",
        flags="bicubic+accurate_rnd+full_chroma_int+bitexact",
    )
    if marked:
        picture = watermark_filters.lay(picture, width=width, height=height, pixels="yuv420p")
    return _compile(
        ffmpeg.output(
            picture,
            _name(out),
            **{
                "c:v": "libx264",
                "preset": spec.preset,
                "crf": spec.crf,
                "g": spec.keyframe_every,
                "pix_fmt": "yuv420p",
                "threads": 1,
                "fps_mode": "passthrough",
            },
            **_BT709,
            **_MP4,
        ),
        binary,
    )


def mark_raw(out: Path, *, width: int, height: int, binary: str) -> list[str]:
    """A PNG of one raw RGB frame on standard input, with the invisible watermark that lies in the working
    folder (watermark_filters); the same frame gives the same bytes."""
    given = ffmpeg.input("pipe:0", f="rawvideo", pix_fmt="rgb24", s=f"{width}x{height}")
    flags = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
    film = given.filter("scale", out_color_matrix="bt709", out_range="pc", flags=flags)
    marked = watermark_filters.lay(film, width=width, height=height, pixels="rgb24")
    back = marked.filter("scale", in_color_matrix="bt709", in_range="pc", flags=flags)
    options: dict[str, Any] = {"c:v": "png", "pix_fmt": "rgb24", "frames:v": 1, "f": "image2pipe"}
    return _compile(ffmpeg.output(back, _name(out), **options, threads=1, **BIT_EXACT), binary)


def decode_raw(
    source: Path,
    out: Path,
    *,
    info: MediaInfo,
    size: tuple[int, int],
    frame_rate: Fraction,
    first: int,
    count: int,
    binary: str,
) -> list[str]:
    """Raw RGB frames of a movie as it is shown, filling `size`, what is too wide or high cut off evenly.

    `count` frames, or as many as there are, from the `first` on, counted at `frame_rate`.
    """
    width, height = size
    share = max(Fraction(width, info.shown_width), Fraction(height, info.height))
    covering = (max(width, round(info.shown_width * share)), max(height, round(info.height * share)))
    picture = _picture(_film(source, info)[str(info.video_index)], info, covering, pixels="")
    picture = picture.filter("crop", width, height)
    picture = picture.filter("fps", fps=_rate(frame_rate), round="near", start_time=0, eof_action="pass")
    picture = picture.filter("trim", start_frame=first, end_frame=first + count)
    picture = picture.filter("scale", flags=SCALING, in_color_matrix="bt709", in_range="tv")
    options = {"f": "rawvideo", "pix_fmt": "rgb24", "fps_mode": "passthrough", "threads": THREADS}
    return _compile(ffmpeg.output(picture, _name(out), **options), binary)


_BT709 = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "color_range": "tv"}
# By degrees clockwise.
_TURNS: dict[int, tuple[tuple[str, dict[str, str]], ...]] = {
    0: (),
    90: (("transpose", {"dir": "clock"}),),
    180: (("hflip", {}), ("vflip", {})),
    270: (("transpose", {"dir": "cclock"}),),
}
_MP4 = {"f": "mp4", "movflags": "+faststart", "map_chapters": -1, **BIT_EXACT}


def _film(source: Path, info: MediaInfo, **options: Any) -> Any:
    alpha = colour.ALPHA_DECODERS.get(info.video_codec) if colour.has_alpha(info.pixel_format) else None
    return ffmpeg.input(
        _name(source),
        **({"c:v": alpha} if alpha else {}),
        f=info.format.demuxer or "png_pipe",  # which an image was made to be (preset_files)
        **info.reading,
        protocol_whitelist="file",
        threads=THREADS,
        err_detect="ignore_err",
        noautorotate=None,  # _upright does it
        **options,
        # One graph from beginning to end, whatever changes in the stream: a new one would count from zero.
        **{"reinit_filter:v": 0},
    )


def _shaped(
    film: Any, info: MediaInfo, recipe: Recipe, focus: tuple[int, int], *, see_through: bool = False
) -> Any:
    box, size = presets.crop(info, recipe.shape, focus=focus), presets.size(info, recipe)
    video = film[str(info.video_index)]
    return _picture(video, info, size, box=box, pixels="", see_through=see_through)


def _picture(
    video: Any,
    info: MediaInfo,
    size: tuple[int, int],
    *,
    box: presets.Box | None = None,
    pixels: str = "yuv420p",
    see_through: bool = False,
    table: str = TABLE,
) -> Any:
    width, height = size
    # What is made stands upright, and says of no angle.
    video = video.filter("sidedata", mode="delete", type="DISPLAYMATRIX")
    if info.interlaced:
        coded = (info.height, info.width) if info.rotation in (90, 270) else (info.width, info.height)
        video = video.filter("scale", *coded, interl=-1)  # it relies on one size
        video = video.filter("bwdif", mode="send_frame", deint="interlaced")
    video = timeline_filters.lay(_upright(video, info), info)
    if box is not None and (box.width, box.height) != (info.width, info.height):
        video = video.filter("crop", box.width, box.height, box.left, box.top)
    shown = _as_shown(video, colour.of(info), width, height, see_through=see_through, table=table)
    video = shown.filter("setsar", "1")
    return video.filter("format", pixels) if pixels else video


def _in_bt709(video: Any, pixels: str) -> Any:
    """RGB as YUV of limited range."""
    video = video.filter("scale", in_range="pc", out_range="tv", out_color_matrix="bt709", flags=SCALING)
    said = {"color_primaries": "bt709", "color_trc": "bt709", "range": "tv"}
    return video.filter("format", pixels).filter("setparams", colorspace="bt709", **said)


def _upright(video: Any, info: MediaInfo) -> Any:
    """Turned as dam.media.frames.upright turns it: by quarters alone. FFmpeg by itself turns by any angle."""
    for name, options in (("hflip", {}),) * info.mirrored + _TURNS[info.rotation]:
        video = video.filter(name, **options)
    return video


def _as_shown(
    video: Any,
    picture: colour.Picture,
    width: int,
    height: int,
    *,
    see_through: bool = False,
    table: str = TABLE,
) -> Any:
    """Scaled, as SDR in Rec.709, on black where it is transparent; or RGB that stays `see_through`."""
    yuv = picture.layout is colour.Layout.YUV
    limited = yuv and not picture.full_range
    # The values are scaled as they are: with what the file says of them FFmpeg would refuse some.
    said = {"color_primaries": "bt709", "color_trc": "bt709", "range": "tv" if limited else "pc"}
    matrix = matrices.SCALERS[picture.matrix] if yuv and picture.is_plain else "bt709"
    video = video.filter("setparams", colorspace=matrix if yuv else "gbr", **said)
    size = {"flags": SCALING, "in_range": "tv" if limited else "pc"}
    if picture.is_plain and not picture.alpha:
        return video.filter("scale", width, height, out_range="tv", out_color_matrix="bt709", **size)
    planes = "gbrap" if picture.alpha else "gbrp"
    planes = planes if picture.depth == 8 else f"{planes}{picture.depth}le"
    if picture.is_plain:
        video = video.filter("scale", width, height, out_range="pc", **size).filter("format", planes)
    else:
        video = video.filter("scale", width, height, out_range=size["in_range"], **size)
        video = video.filter("format", picture.planar)
        if yuv:  # its planes, called green, blue and red for the table
            video = video.filter("mergeplanes", "0x00010203" if picture.alpha else "0x000102", planes)
            video = video.filter("setparams", colorspace="gbr", **(said | {"range": "pc"}))
        video = video.filter("lut3d", table, interp="tetrahedral")
    if see_through:
        return video
    if picture.alpha:  # times its alpha, which is to lay it on black
        video = video.filter("premultiply", inplace=1).filter("format", planes.replace("gbrap", "gbrp"))
    return video.filter("scale", in_range="pc", out_range="tv", out_color_matrix="bt709", flags=SCALING)


def _rate(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


def _name(path: Path) -> str:
    """With its protocol: a name that starts with a dash or holds a colon stays a name."""
    return f"file:{path}"


def _compile(output: Any, binary: str) -> list[str]:
    command: list[str] = ffmpeg.compile(output.global_args(*GLOBAL), cmd=binary, overwrite_output=True)
    return command
