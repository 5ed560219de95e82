"""Where a run can be taken up on another machine: its codec and averaged weights, without optimisers.

A checkpoint is six times as large and belongs to one machine. A start is small enough to keep with the code,
so that training that takes many hours can be shared out.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from generation.previz.train import Run

FOLDER = Path(__file__).parent / "start"
_WEIGHTS, _ABOUT = "weights.safetensors", "about.json"


def write(run: Run, folder: Path) -> None:
    """Keep a run's codec, averaged weights (bfloat16) and how far it has come."""
    transformer, encoder = run.averaged_models()
    parts = {"transformer": transformer, "encoder": encoder, "namer": run.models.namer}
    tensors = {
        f"{part}.{name}": value.detach().to("cpu", torch.bfloat16).contiguous().clone()
        for part, model in parts.items()
        for name, value in model.state_dict().items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / _WEIGHTS)
    (folder / _WEIGHTS).chmod(0o644)
    about = {"step": run.step, "clips": run.clips, "seconds": round(run.seconds)}
    (folder / _ABOUT).write_text(json.dumps(about) + "\n")
    shutil.copytree(run.config.folder / "codec", folder / "codec", dirs_exist_ok=True)


def place_codec(folder: Path, run_folder: Path) -> None:
    """Give a new run the codec of a start: its weights mean nothing to another one."""
    if not (run_folder / "codec").exists():
        shutil.copytree(folder / "codec", run_folder / "codec")


def take_up(run: Run, folder: Path) -> None:
    """Begin a new run where a start was kept. Raises RuntimeError if its models have another shape."""
    tensors = load_file(folder / _WEIGHTS)
    models = run.models
    parts = {"transformer": models.transformer, "encoder": models.encoder, "namer": models.namer}
    for part, model in parts.items():
        own = {n.removeprefix(f"{part}."): v for n, v in tensors.items() if n.startswith(f"{part}.")}
        model.load_state_dict({name: value.float() for name, value in own.items()})
    run.settle_averages()
    about = json.loads((folder / _ABOUT).read_text())
    run.step, run.clips, run.seconds = about["step"], about["clips"], float(about["seconds"])
