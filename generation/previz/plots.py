"""Pictures of a training run: what the model draws by now, and how its error falls."""

import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw

from dam.core import dtypes
from generation.previz import pipelines

PROMPTS = (
    "a large red glossy bottle turning on a pedestal by day, static shot",
    "an empty view over the sea at dusk, zooming in",
    "a large blue ball bouncing left in a studio by day, static shot",
    "a large yellow star rising in the sky at night, static shot",
    "two large green cars moving right in a city at dusk, static shot",
    "a medium pink heart growing on a gradient by day, static shot",
    "a large teal cup pouring on a wooden table by day, static shot",
    "a medium purple bird moving left on a meadow by day, static shot",
    "a large orange cube standing still in a desert by day, panning left",
    "a small black phone circling on a grid at night, static shot",
)
_COLUMNS = 5


def draw(run: Any, codec: Any, path: Path, *, prompts: Sequence[str] = PROMPTS, steps: int = 12) -> None:
    """Sample the averaged model with the pipeline it will ship in, one row of frames per prompt."""
    transformer, encoder = run.averaged_models()
    pipeline = pipelines.build(
        transformer=transformer, encoder=encoder, tokenizer=run.models.tokenizer, codec=deepcopy(codec)
    ).to(run.device)
    pipeline.set_progress_bar_config(disable=True)
    config = run.config
    with dtypes.autocast(run.device):
        clips = pipeline(
            prompt=list(prompts),
            height=config.sizes[0][1],
            width=config.sizes[0][0],
            num_frames=config.frames,
            num_inference_steps=steps,
            guidance_scale=pipelines.GUIDANCE,
            max_sequence_length=32,
            generator=[torch.Generator().manual_seed(i) for i in range(len(prompts))],
            output_type="np",
        ).frames
    contact(clips, path, titles=prompts)


def contact(clips: Any, path: Path, *, titles: Sequence[str]) -> None:
    """Write clips (float [B, T, H, W, 3] in 0 to 1) as rows of frames with their titles."""
    shown = np.linspace(0, clips.shape[1] - 1, _COLUMNS).round().astype(int)
    rows = [np.concatenate(list(clip[shown]), axis=1) for clip in clips]
    picture = Image.fromarray((np.concatenate(rows) * 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for place, title in enumerate(titles):
        pen.text((4, place * clips.shape[2] + 2), title, fill="white", stroke_width=1, stroke_fill="black")
    picture.save(path)


def curve(log: Path, path: Path) -> None:
    """Draw the logged error against the step, both axes logarithmic."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    lines = [line for line in lines if line["step"] > 0 and line.get("error", 0) > 0]
    if len(lines) < 2:
        return
    x = np.log10([line["step"] for line in lines])
    y = np.log10([line["error"] for line in lines])
    width, height, edge = 640, 360, 40
    across = edge + (x - x.min()) / (np.ptp(x) or 1) * (width - 2 * edge)
    down = edge + (y.max() - y) / (np.ptp(y) or 1) * (height - 2 * edge)
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    pen.line(list(zip(across.tolist(), down.tolist(), strict=True)), fill=(30, 80, 200), width=2)
    pen.text(
        (edge, 10),
        f"mean squared error of the predicted latents, {10 ** y.max():.3f} to {10 ** y.min():.3f}",
        fill="black",
    )
    pen.text(
        (edge, height - 25), f"step {lines[0]['step']} to {lines[-1]['step']} (logarithmic)", fill="black"
    )
    picture.save(path)
