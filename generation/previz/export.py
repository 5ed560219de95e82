"""A checkpoint becomes the folder that ships: `python -m generation.previz.export --config FILE`."""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import torch

from generation import weights
from generation.previz import pipelines, refine, text, training_run
from generation.previz.config import TrainingConfig
from generation.previz.world import lexicon, scenes

MOST_STEPS = 40
# All that generators.modes knows: the model learnt with a noise level for each token.
MODES = ("text", "still", "image", "frames", "extend", "lead_in", "loop", "blend", "restyle", "edit")
NAME = "previz-dit"
WEIGHTS = Path(__file__).parent / "weights" / NAME
NOTE = (
    "Previz quality: a very small model that was trained for hours, not weeks. It sketches objects it knows "
    "in places it knows; shapes can be soft or wrong."
)


def write(whole: Any, folder: Path) -> None:
    """Save a pipeline in bfloat16 safetensors, in place of whatever `folder` held."""
    if folder.exists():
        shutil.rmtree(folder)
    for part in (whole.transformer, whole.text_encoder, whole.vae):
        part.to(torch.bfloat16)
    whole.save_pretrained(folder, safe_serialization=True)
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)
    # transformers 5 writes a class name of its own for any fast tokenizer; this one every version knows.
    for name in ("model_index.json", "tokenizer/tokenizer_config.json"):
        path = folder / name
        path.write_text(path.read_text().replace("TokenizersBackend", "PreTrainedTokenizerFast"))


def card(
    config: TrainingConfig, folder: Path, *, version: str, early: bool, facts: dict[str, Any]
) -> dict[str, Any]:
    """What `reelproof.json` says of an exported folder."""
    return {
        "name": NAME,
        "version": version,
        "licence": "Apache-2.0",
        "weights_sha256": weights.digest(folder),
        "pipeline_class": "WanPipeline",
        "early_checkpoint": early,
        "note": NOTE,
        "sizes": [list(size) for size in config.sizes],
        "min_frames": config.frames,
        "max_frames": config.frames,
        "frame_step": config.block_frames,
        "frame_rate": config.frame_rate,
        "default_steps": pipelines.STEPS,
        "max_steps": MOST_STEPS,
        "default_guidance": pipelines.GUIDANCE,
        "modes": list(MODES),
        "max_tokens": text.MAX_TOKENS,
        "training": facts,
        "knows": {name: list(values) for name, values in scenes.ATTRIBUTES.items()},
        "lexicon": lexicon.to_json(),
    }


def export(config: TrainingConfig, folder: Path, *, version: str, early: bool = False) -> dict[str, Any]:
    """Write the averaged weights of a run's checkpoint, with their card; returns the card."""
    run = training_run.open_run(config)
    transformer, encoder = run.averaged_models()
    whole = pipelines.build(
        transformer=transformer, encoder=encoder, tokenizer=run.models.tokenizer, codec=refine.refined(config)
    )
    write(whole, folder)
    facts = {
        "steps": run.step,
        "clips_seen": run.clips,
        "distinct_clips": min(config.clips, config.clips_at_start + config.clips_per_step * run.step),
        "hours": round(run.seconds / 3600, 2),
        "parameters": sum(p.numel() for p in transformer.parameters()),
        "text_parameters": sum(p.numel() for p in encoder.parameters()),
        "hardware": _hardware(run.device, config),
        "held_out_share": scenes.HELD_OUT_SHARE,
    }
    description = card(config, folder, version=version, early=early, facts=facts)
    (folder / weights.CARD_NAME).write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n")
    return description


def _hardware(device: torch.device, config: TrainingConfig) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {config.threads} thread{'s' if config.threads > 1 else ''}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Export the averaged weights of a training run.")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--version", default="0.3.1")
    parser.add_argument("--early", action="store_true", help="say on the pages that it is still in training")
    given = parser.parse_args()
    torch.set_num_threads(1)
    description = export(
        TrainingConfig.load(given.config), given.out, version=given.version, early=given.early
    )
    print(json.dumps({"folder": str(given.out), **description["training"]}))


if __name__ == "__main__":
    main()
