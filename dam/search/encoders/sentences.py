"""A small BERT that turns a sentence into a vector: all-MiniLM-L6-v2 (Apache-2.0), in plain torch."""

import copy
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from dam.core import dtypes

WIDTH, HEADS, LAYERS, HIDDEN = 384, 12, 6, 1536
WORDS, POSITIONS = 30522, 512
LONGEST = 128
"""Tokens that are read of a text; the model was trained on as many."""
BATCH = 64


class SentenceEncoder(nn.Module):
    """Texts become unit vectors [N, 384]: the mean of their tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        layer = nn.TransformerEncoderLayer(
            WIDTH, HEADS, HIDDEN, activation="gelu", layer_norm_eps=1e-12, batch_first=True, dropout=0.0
        )
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)

    def forward(self, tokens: Tensor, there: Tensor) -> Tensor:
        """[N, L] token ids and whether each is one, not padding, to [N, 384]."""
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.norm(self.words(tokens) + self.positions(places) + self.kind)
        x = self.layers(x, src_key_padding_mask=~there)
        weight = there[..., None].to(x.dtype)
        return functional.normalize((x * weight).sum(1) / weight.sum(1), dim=1)


class Sentences:
    """A SentenceEncoder with its tokenizer, loaded from a folder (`save`)."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()
        self._model = SentenceEncoder().eval()
        self._model.load_state_dict(_whole(load_file(folder / "sentences.safetensors")))
        if dtypes.fast_bfloat16(torch.device("cpu")):
            self._model = self._narrower()

    def encode(self, texts: list[str]) -> Tensor:
        """One unit vector for each text: [N, 384]."""
        parts = []
        with torch.inference_mode():
            for at in range(0, len(texts), BATCH):
                read = self._tokenizer.encode_batch(texts[at : at + BATCH])
                tokens = torch.tensor([each.ids for each in read])
                there = torch.tensor([each.attention_mask for each in read], dtype=torch.bool)
                parts.append(self._model(tokens, there).float())
        return functional.normalize(torch.cat(parts), dim=1) if parts else torch.empty(0, WIDTH)

    def _narrower(self) -> SentenceEncoder:
        """The model in bfloat16 if it is sooner done. A text is short, and to read the weights takes most of
        the time; what it means stays where it was (cosine 0.9999)."""
        narrow = copy.deepcopy(self._model).bfloat16()
        read = self._tokenizer.encode("a red bottle on a table at night")
        given = torch.tensor([read.ids]), torch.ones(1, len(read.ids), dtype=torch.bool)
        sooner = dtypes.sooner(lambda: narrow(*given), than=lambda: self._model(*given))
        return narrow if sooner else self._model


def small(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights as they are kept: matrices as int8 with a scale for each row, the rest in float16.

    A quarter of the size; sentences stay where they were (cosine 0.999 and more).
    """
    kept: dict[str, Tensor] = {}
    for name, value in state.items():
        if value.ndim == 2:
            scale = value.abs().amax(1, keepdim=True).clamp_min(1e-12) / 127
            kept[name] = (value / scale).round().to(torch.int8)
            kept[f"{name}:scale"] = scale.float()
        else:
            kept[name] = value.half()
    return kept


def _whole(kept: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name: value.float() * kept[f"{name}:scale"] if value.dtype == torch.int8 else value.float()
        for name, value in kept.items()
        if not name.endswith(":scale")
    }
