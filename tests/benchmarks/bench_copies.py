"""How surely copies of a video or an image are known again, by what was done to them: docs/robustness.md.

Drawn clips, and those in the folder that CLIPS names: `CLIPS=~/films make bench ARGS="-k copies"`. With
`-k watermarks` by their watermark alone, else also by what they look like. DRAWN is how many are drawn.
`IMAGES=~/photographs make bench ARGS="-k images"` does that of images, of each clip's first one, too.
"""

import io
import itertools
import math
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from dam.media import copy_detection, ffmpeg, invisible_watermark, runner, specs, still_copies, watermark_code
from dam.media.copy_detection import ASKED_PARTS, Prints
from dam.media.fingerprints import Grey
from dam.media.invisible_watermark import Mark
from generation.previz.world import rendering, scenes
from provenance.releases import likeness, watermarked

DRAWN = int(os.environ.get("DRAWN", 40))
KEYS = [bytes([number]) * 32 for number in range(3)]
CAPTIONS = (
    "drawbox=x=iw*0.1:y=ih*0.82:w=iw*0.8:h=ih*0.12:color=black:t=fill,"
    "drawbox=x=iw*0.2:y=ih*0.85:w=iw*0.6:h=ih*0.06:color=white:t=fill"
)
SCREEN = (
    "perspective=x0=4:y0=3:x1=W-5:y1=0:x2=0:y2=H-4:x3=W:y3=H-6,gblur=0.8,"
    "eq=contrast=0.9:brightness=0.04,noise=alls=8:allf=t"
)
ATTACKS = {
    "encoded anew, CRF 28": ("null", 28),
    "encoded anew, CRF 35": ("null", 35),
    "encoded anew, CRF 45": ("null", 45),
    "half the size": ("scale=iw/2:-2", 26),
    "240 pixels wide": ("scale=240:-2", 30),
    "cropped by 5 %": ("crop=iw*0.95:ih*0.95", 26),
    "cropped by 10 %": ("crop=iw*0.9:ih*0.9", 26),
    "cropped by 20 %": ("crop=iw*0.8:ih*0.8", 26),
    "a corner of 10 % cut off": ("crop=iw*0.9:ih*0.9:0:0", 26),
    "one side of 7 % cut off": ("crop=iw*0.93:ih:iw*0.07:0", 26),
    "9:16": ("crop=ih*9/16:ih", 26),
    "letterboxed": ("pad=iw:ih*1.33:0:(oh-ih)/2", 26),
    "pillarboxed": ("pad=iw*1.77:ih:(ow-iw)/2:0", 26),
    "a logo of 23 × 18 %": ("drawbox=x=iw*0.72:y=ih*0.05:w=iw*0.23:h=ih*0.18:color=white:t=fill", 26),
    "captions burnt in": (CAPTIONS, 26),
    "graded": ("eq=contrast=1.25:brightness=0.06:saturation=1.4", 26),
    "darker, gamma 0.7": ("eq=gamma=0.7", 26),
    "mirrored": ("hflip", 26),
    "turned by 2°": ("rotate=2*PI/180", 26),
    "a quarter faster": ("setpts=PTS/1.25", 26),
    "12 frames a second": ("fps=12", 26),
    "begins 1.3 s later": ("trim=start=1.3,setpts=PTS-STARTPTS", 26),
    "filmed from a screen, simulated": (SCREEN, 30),
}


def drawn(folder: Path) -> list[Path]:
    made = []
    for number in range(DRAWN):
        shown = rendering.render([scenes.sample(900 + number)], frames=48, height=144, width=256)[0].numpy()
        path = folder / f"drawn-{number:02d}.mp4"
        with av.open(str(path), "w") as out:
            stream = out.add_stream("libx264", rate=12, options={"crf": "16"})
            stream.width, stream.height, stream.pix_fmt = 256, 144, "yuv420p"
            for picture in shown:
                out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            out.mux(stream.encode(None))
        made.append(path)
    return made


def prints(path: Path, *, asked: bool = False, mirrored: bool = False) -> Prints | None:
    info = runner.probe(path)
    shown = likeness.pictures(path, info, asked=asked)
    shown = copy_detection.mirrored(shown) if mirrored else shown
    parts = ASKED_PARTS if asked else range(len(copy_detection.PARTS))
    return copy_detection.of(shown, length_ms=info.duration_ms, parts=parts)


def attacked(path: Path, out: Path, how: str, crf: int) -> None:
    even = "scale=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p"
    command = [ffmpeg.binary(), "-y", "-v", "error", "-i", str(path), "-an", "-vf", f"{how},{even}"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-crf", str(crf), str(out)]
    subprocess.run(command, check=True)


def share(copy: Path, known: Prints) -> float:
    found = [prints(copy, asked=True, mirrored=mirrored) for mirrored in (False, True)]
    return max((copy_detection.match(each, known).share for each in found if each), default=0.0)


def all_clips(folder: Path) -> list[Path]:
    given = os.environ.get("CLIPS", "")
    return drawn(folder) + (sorted(Path(given).expanduser().iterdir()) if given else [])


def test_copies_are_known_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clips = all_clips(tmp_path)
    known = {path: made for path in clips if (made := prints(path)) is not None}
    lines = [f"{len(known)} clips, {DRAWN} of them drawn"]
    for name, (how, crf) in ATTACKS.items():
        hits = 0
        for path, made in known.items():
            copy = tmp_path / "copy.mp4"
            attacked(path, copy, how, crf)
            hits += share(copy, made) >= copy_detection.ENOUGH
        lines.append(f"{name:36} {100 * hits / len(known):4.0f} %")
    alarms = pairs = 0
    for path in known:
        asked = prints(path, asked=True)
        for other, made in known.items():
            if other != path and asked is not None:
                pairs += 1
                alarms += copy_detection.is_copy(copy_detection.match(asked, made))
    lines.append(f"{'false alarms':36} {alarms} of {pairs}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))


Changed = Callable[[Image.Image], Image.Image]


def without(left: float, top: float, right: float, bottom: float) -> Changed:
    def cut(one: Image.Image) -> Image.Image:
        width, height = one.size
        return one.crop(
            (
                round(left * width),
                round(top * height),
                round(width - right * width),
                round(height - bottom * height),
            )
        )

    return cut


def of_shape(ratio: float) -> Changed:
    return lambda one: ImageOps.fit(
        one, (min(one.width, round(one.height * ratio)), min(one.height, round(one.width / ratio)))
    )


def covered(*boxes: tuple[tuple[float, float, float, float], int]) -> Changed:
    def cover(one: Image.Image) -> Image.Image:
        made = one.copy()
        for (left, top, right, bottom), tone in boxes:
            size = round((right - left) * one.width), round((bottom - top) * one.height)
            patch = Image.new("RGB", size, (tone, tone, tone))
            made.paste(patch, (round(left * one.width), round(top * one.height)))
        return made

    return cover


def from_a_screen(one: Image.Image) -> Image.Image:
    width, height = one.size
    corners = (0.01 * width, 0.012 * height, 0, 0.985 * height, width, height, 0.985 * width, 0)
    filmed = one.transform(one.size, Image.Transform.QUAD, corners)
    return ImageEnhance.Contrast(filmed.filter(ImageFilter.GaussianBlur(1))).enhance(0.9)


def of_quality(quality: int) -> dict[str, Any]:
    return {"format": "JPEG", "quality": quality}


IMAGE_ATTACKS: dict[str, tuple[Changed, dict[str, Any]]] = {
    "JPEG of quality 75": (lambda one: one, of_quality(75)),
    "JPEG of quality 10": (lambda one: one, of_quality(10)),
    "WebP of quality 40": (lambda one: one, {"format": "WEBP", "quality": 40}),
    "half the size": (lambda one: ImageOps.scale(one, 0.5), of_quality(75)),
    "240 pixels wide": (lambda one: ImageOps.scale(one, 240 / one.width), of_quality(75)),
    "a tenth narrower": (lambda one: one.resize((round(one.width * 0.9), one.height)), of_quality(75)),
    "cropped by 5 %": (without(0.025, 0.025, 0.025, 0.025), of_quality(75)),
    "cropped by 10 %": (without(0.05, 0.05, 0.05, 0.05), of_quality(75)),
    "cropped by 20 %": (without(0.1, 0.1, 0.1, 0.1), of_quality(75)),
    "cropped by 30 %": (without(0.15, 0.15, 0.15, 0.15), of_quality(75)),
    "a corner of 10 % cut off": (without(0, 0, 0.1, 0.1), of_quality(75)),
    "one side of 7 % cut off": (without(0.07, 0, 0, 0), of_quality(75)),
    "3, 8, 6 and 1 % of the sides cut off": (without(0.03, 0.08, 0.06, 0.01), of_quality(75)),
    "1:1": (of_shape(1), of_quality(75)),
    "4:5": (of_shape(4 / 5), of_quality(75)),
    "9:16": (of_shape(9 / 16), of_quality(75)),
    "letterboxed": (lambda one: ImageOps.expand(one, (0, one.height // 6)), of_quality(75)),
    "in a white frame": (lambda one: ImageOps.expand(one, one.width // 12, "white"), of_quality(75)),
    "a logo of 23 × 18 %": (covered(((0.72, 0.05, 0.95, 0.23), 255)), of_quality(75)),
    "words burnt in": (covered(((0.1, 0.82, 0.9, 0.94), 0), ((0.2, 0.85, 0.8, 0.91), 255)), of_quality(75)),
    "graded": (
        lambda one: ImageEnhance.Color(ImageEnhance.Contrast(one).enhance(1.25)).enhance(1.4),
        of_quality(75),
    ),
    "darker, gamma 0.7": (
        lambda one: one.point([round(255 * (v / 255) ** (1 / 0.7)) for v in range(256)] * 3),
        of_quality(75),
    ),
    "without colours": (lambda one: ImageOps.grayscale(one).convert("RGB"), of_quality(75)),
    "mirrored": (ImageOps.mirror, of_quality(75)),
    "mirrored and cropped by 10 %": (
        lambda one: ImageOps.mirror(without(0.05, 0.05, 0.05, 0.05)(one)),
        of_quality(75),
    ),
    "turned by 2°": (lambda one: one.rotate(2), of_quality(75)),
    "photographed from a screen, simulated": (from_a_screen, of_quality(60)),
}


def all_images(folder: Path) -> list[Image.Image]:
    given = os.environ.get("IMAGES", "")
    found = (
        [Image.open(path).convert("RGB") for path in sorted(Path(given).expanduser().iterdir())]
        if given
        else []
    )
    for path in all_clips(folder):
        [frame] = runner.sample_frames(path, count=1, max_side=1280)
        found.append(Image.fromarray(frame.rgb))
    return found


def seen(picture: Image.Image) -> Grey:
    small = picture.copy()
    small.thumbnail((still_copies.SIDE, still_copies.SIDE))
    return np.asarray(small.convert("L"), np.float32)


def test_copies_of_images_are_known_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the index, and where both are laid over one another."""
    images = all_images(tmp_path)
    known = [(image, made) for image in images if (made := still_copies.of(seen(image))) is not None]
    there = [set(made.tokens(likeness.STILL_SCOPE)) for _image, made in known]
    lines = [f"{len(known)} images"]
    for name, (change, how) in IMAGE_ATTACKS.items():
        hits = 0
        for (image, made), tokens in zip(known, there, strict=True):
            saved = io.BytesIO()
            change(image).save(saved, **how)
            asked = still_copies.asked(seen(Image.open(saved).convert("RGB")))
            shared = len(tokens & set(asked.tokens(likeness.STILL_SCOPE))) if asked else 0
            found = asked and shared >= likeness.LEAST_TOKENS and still_copies.match(asked, made)
            hits += bool(found)
        lines.append(f"{name:38} {100 * hits / len(known):4.0f} %")
    alarms = pairs = 0
    for place, (image, _made) in enumerate(known):
        for change in (lambda one: one, without(0.05, 0.05, 0.05, 0.05)):
            asked = still_copies.asked(seen(change(image)))
            for other, (_image, made) in enumerate(known):
                if other != place and asked is not None:
                    pairs += 1
                    alarms += still_copies.match(asked, made) is not None
    lines.append(f"{'false alarms':38} {alarms} of {pairs}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))


def test_watermarks_of_copies_are_found_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each clip is marked as a release is, and then attacked."""
    clips, hits, taken = all_clips(tmp_path), dict.fromkeys(ATTACKS, 0), 0
    changed = []
    for number, path in enumerate(clips):
        mark = Mark(KEYS[0], 7_919 * (number + 1) ** 5 % (1 << watermark_code.ID_BITS))
        marked, copy = tmp_path / "marked.mp4", tmp_path / "copy.mp4"
        changed.append(change(path, tmp_path, mark))
        runner.transcode_release(path, marked, mark=mark)
        for name, (how, crf) in ATTACKS.items():
            attacked(marked, copy, how, crf)
            found = invisible_watermark.find(watermarked.pictures(copy), KEYS[:1])
            hits[name] += [each.identifier for each in found] == [mark.identifier]
            taken += 1
    alarms = sum(bool(invisible_watermark.find(watermarked.pictures(path), KEYS)) for path in clips)
    lines = [f"{len(clips)} clips, {DRAWN} of them drawn; {taken} copies"]
    lines += [f"{name:36} {100 * each / len(clips):4.0f} %" for name, each in hits.items()]
    lines.append(f"{'false alarms, with three keys':36} {alarms} of {len(clips)}")
    quality, flicker = (np.array([each[place] for each in changed]) for place in (0, 1))
    lines.append(f"PSNR {quality.mean():.1f} dB in the mean, {quality.min():.1f} dB in the worst clip")
    lines.append(
        f"from frame to frame it changes by {flicker.mean():.2f} levels of 255, {flicker.max():.2f} at most"
    )
    with capsys.disabled():
        print("\n" + "\n".join(lines))


def change(path: Path, folder: Path, mark: Mark) -> tuple[float, float]:
    """PSNR of the brightness in dB, and how much what the mark changes differs from one frame to the next."""
    lossless = replace(specs.RELEASE, crf=0, preset="ultrafast")
    info, films = runner.probe(path), (folder / "without.mp4", folder / "with.mp4")
    for film, put_in in zip(films, (None, mark), strict=True):
        runner._make_movie(path, film, info=info, spec=lossless, mark=put_in)
    errors, steps, before = [], [], None
    with av.open(str(films[0])) as without, av.open(str(films[1])) as marked:
        pairs = zip(without.decode(video=0), marked.decode(video=0), strict=True)
        for one, other in itertools.islice(pairs, 100):
            differs = other.to_ndarray()[: one.height].astype(np.int16) - one.to_ndarray()[: one.height]
            errors.append(float((differs.astype(np.float64) ** 2).mean()))
            if before is not None:
                steps.append(float(np.sqrt(((differs - before).astype(np.float64) ** 2).mean())))
            before = differs
    return 10 * math.log10(255**2 / max(errors)), sum(steps) / max(1, len(steps))
