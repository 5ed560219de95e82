"""How surely copies of a video are known again, by what was done to them: docs/robustness.md.

Drawn clips, and those in the folder that CLIPS names: `CLIPS=~/films make bench ARGS="-k copies"`. With
`-k watermarks` by their watermark alone, else also by what they look like. DRAWN is how many are drawn.
"""

import itertools
import math
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from dam.media import copy_detection, ffmpeg, invisible_watermark, runner, specs, watermark_code
from dam.media.copy_detection import ASKED_PARTS, Prints
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
