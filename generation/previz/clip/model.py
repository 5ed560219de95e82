"""The shape of previz-clip, its tokenizer, and the folder that OpenCLIP loads it from."""

import json
import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from dam.search.encoders import openclip
from generation.previz.clip import phrases, pictures

CONTEXT = 24
SIZE = 128
"""Pixels a side of what the model looks at."""
PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"
ABOUT = {
    "label": "previz-clip 0.2",
    "good_at": (
        "drawn scenes like the demo library's: what the object is, its colour, how many there are, where it"
        " is and the time of day, as in “red bottle”, “star at night” or “empty city”"
    ),
    "bad_at": (
        "real footage, movement and writing, for it is a small model that has seen drawn scenes only;"
        " ENCODER_MODEL takes a full OpenCLIP model"
    ),
    "licence": "Apache-2.0",
}


def configuration(size: int = SIZE) -> dict[str, Any]:
    """The `open_clip_config.json`: a small CLIP ResNet, a small text transformer, a sigmoid's bias."""
    return {
        "model_cfg": {
            "embed_dim": 128,
            "vision_cfg": {
                "layers": [1, 1, 1, 1],
                "width": 24,
                "head_width": 64,
                "image_size": size,
            },
            "text_cfg": {
                "context_length": CONTEXT,
                "vocab_size": len(_vocabulary()),
                "hf_tokenizer_name": "previz-clip",
                "width": 128,
                "heads": 2,
                "layers": 3,
                "pool_type": "eos",
                "eos_id": 1,
            },
            "init_logit_scale": 2.3,
            "init_logit_bias": -5.0,
        },
        "preprocess_cfg": {
            "size": size,
            "mean": list(pictures.MEAN),
            "std": list(pictures.STD),
            "interpolation": "bilinear",
            "resize_mode": "squash",
        },
    }


def build(size: int = SIZE) -> Any:
    """The model with random weights."""
    model = openclip.build(configuration(size)["model_cfg"])
    # OpenCLIP begins with every residual branch shut. So small a model then learns colours and grounds
    # through the shortcuts and opens the branches too late: shapes stayed near chance for 130,000 pictures,
    # and reach 57 % after 14,000 this way.
    for name, parameter in model.visual.named_parameters():
        if name.endswith("bn3.weight"):
            torch.nn.init.ones_(parameter)
    return model


def enlarge(model: Any, smaller: dict[str, torch.Tensor]) -> None:
    """Begin from the weights of a model that looks at smaller pictures."""
    name = "visual.attnpool.positional_embedding"
    mean, grid = smaller[name][:1], smaller[name][1:]
    side, wanted = math.isqrt(len(grid)), math.isqrt(len(model.state_dict()[name]) - 1)
    square = grid.T.reshape(1, -1, side, side).float()
    larger = functional.interpolate(square, size=(wanted, wanted), mode="bilinear", align_corners=False)
    model.load_state_dict({**smaller, name: torch.cat([mean, larger.flatten(2)[0].T])})


def tokenizer() -> Any:
    """One token for each known word; any other is <unk>."""
    words = Tokenizer(models.WordLevel(_vocabulary(), unk_token=UNKNOWN))
    words.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    words.pre_tokenizer = pre_tokenizers.Split(Regex(r"\W+"), behavior="removed")
    words.post_processor = processors.TemplateProcessing(single=f"$A {END}", special_tokens=[(END, 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token=PAD, eos_token=END, unk_token=UNKNOWN, model_max_length=CONTEXT
    )


def save(model: Any, folder: Path, *, size: int = SIZE) -> None:
    """Write the folder that OpenCLIP reads: weights in bfloat16, running statistics in float32."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: value.detach().cpu().contiguous().to(torch.float32 if _exact(name, value) else torch.bfloat16)
        for name, value in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    weights = folder / "open_clip_model.safetensors"
    save_file(tensors, weights)
    weights.chmod(0o644)  # safetensors writes for its owner alone
    (folder / "open_clip_config.json").write_text(json.dumps(configuration(size), indent=2) + "\n")
    about = {**ABOUT, "vocabulary": sorted(phrases.known_words())}
    (folder / "reelproof.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n")
    tokenizer().save_pretrained(str(folder))


def _exact(name: str, value: torch.Tensor) -> bool:
    return value.ndim == 0 or "running_" in name


def _vocabulary() -> dict[str, int]:
    return {word: place for place, word in enumerate([PAD, END, UNKNOWN, *sorted(phrases.known_words())])}
