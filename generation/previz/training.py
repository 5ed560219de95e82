"""One training step of previz, as pure as torch allows: data and noise follow from (seed, step)."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from generation.generators.libraries import diffusers
from generation.previz import text
from generation.previz.config import TrainingConfig
from generation.previz.data import LatentStore
from generation.previz.world import captions, scenes

UNSAID = -100
"""The label of an attribute that a caption leaves out; cross entropy ignores it."""


class Namer(nn.Module):
    """Reads off a caption's embeddings which value of each attribute it names.

    Trained with the text encoder, so that the encoder tells attributes apart long before the transformer
    has learnt to draw them. Thrown away after training.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({n: nn.Linear(width, len(v)) for n, v in scenes.ATTRIBUTES.items()})

    def loss(self, states: Tensor, tokens: Tensor, labels: dict[str, Tensor]) -> Tensor:
        mean = states.sum(1) / (tokens != 0).sum(1, keepdim=True).clamp(min=1)
        losses = [
            nn.functional.cross_entropy(
                head(mean).float(), labels[name], ignore_index=UNSAID, reduction="sum"
            )
            for name, head in self.heads.items()
        ]
        return torch.stack(losses).sum() / (len(tokens) * len(losses))


@dataclass(slots=True)
class Models:
    transformer: Any
    encoder: Any
    namer: Namer
    tokenizer: Any

    def trained(self) -> list[nn.Parameter]:
        return [*self.transformer.parameters(), *self.encoder.parameters(), *self.namer.parameters()]


def build(config: TrainingConfig) -> Models:
    """Models with random weights, the same for the same seed."""
    torch.manual_seed(config.seed)
    tokenizer = text.build_tokenizer(captions.caption(scenes.sample(i), i) for i in range(config.sentences))
    transformer = diffusers.WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=config.heads,
        attention_head_dim=config.model_width // config.heads,
        in_channels=config.channels,
        out_channels=config.channels,
        text_dim=config.text_width,
        freq_dim=config.model_width,
        ffn_dim=config.feed_forward,
        num_layers=config.layers,
        rope_max_seq_len=64,
    )
    encoder = text.build_encoder(
        width=config.text_width, layers=config.text_layers, vocabulary=len(tokenizer)
    )
    return Models(transformer, encoder, Namer(config.text_width), tokenizer)


@dataclass(frozen=True, slots=True)
class Batch:
    latents: Tensor
    tokens: Tensor
    labels: dict[str, Tensor]
    noise: Tensor
    level: Tensor
    """Share of noise per clip, 0 to 1."""


def words(
    config: TrainingConfig, tokenizer: Any, places: list[int], step: int
) -> tuple[Tensor, dict[str, Tensor]]:
    """Captions of these clips, worded anew for this step, as tokens and as labels of what they name."""
    chance = random.Random(f"previz-words-{config.seed}-{step}")
    chosen = [scenes.sample(place) for place in places]
    said = [captions.caption_with_names(scene, chance.getrandbits(48)) for scene in chosen]
    written, named = [], []
    for sentence, names in said:
        dropped = chance.random() < config.caption_dropout
        written.append("" if dropped else sentence)
        named.append(set() if dropped else names)
    labels = {
        name: torch.tensor([v if name in names else UNSAID for v, names in zip(values, named, strict=True)])
        for name, values in scenes.labels(chosen).items()
    }
    return text.tokenize(tokenizer, written), labels


def batch(config: TrainingConfig, store: LatentStore, tokenizer: Any, step: int) -> Batch:
    """The batch of a step: which clips, which words, which noise."""
    chance = random.Random(f"previz-batch-{config.seed}-{step}")
    reach = min(config.clips, config.clips_at_start + config.clips_per_step * step)
    places = [chance.randrange(reach) for _ in range(config.batch)]
    tokens, labels = words(config, tokenizer, places, step)
    latents = store.get(places)
    dice = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
    level = torch.sigmoid(torch.randn(len(places), generator=dice))
    level = config.noise_shift * level / (1 + (config.noise_shift - 1) * level)
    top = torch.rand(len(places), generator=dice) < config.noise_top
    level = torch.where(top, 0.9 + 0.1 * torch.rand(len(places), generator=dice), level)
    noise = torch.randn(latents.shape, generator=dice)
    return Batch(latents=latents, tokens=tokens, labels=labels, noise=noise, level=level)


def loss(config: TrainingConfig, models: Models, given: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Loss to descend, plain error of the predicted clip, and error of the words."""
    level = given.level.view(-1, 1, 1, 1, 1)
    noisy = torch.lerp(given.latents, given.noise, level)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = text.encode(models.encoder, given.tokens)
        named = models.namer.loss(states, given.tokens, given.labels)
        found = models.transformer(
            hidden_states=noisy,
            timestep=given.level * 1000,
            encoder_hidden_states=states,
            return_dict=False,
        )[0]
    error = (found.float() - given.latents).square().mean(dim=(1, 2, 3, 4))
    weight = given.level.clamp(min=config.noise_floor).pow(-2)
    return (error * weight).mean() + 0.1 * named, error.mean(), named


def optimisers(config: TrainingConfig, models: Models) -> list[torch.optim.Optimizer]:
    """Muon for matrices inside blocks if so configured, AdamW for everything else."""
    matrices = [
        p
        for name, p in models.transformer.named_parameters()
        if config.optimiser == "muon" and p.ndim == 2 and name.startswith("blocks.")
    ]
    taken = {id(p) for p in matrices}
    rest = [p for p in models.trained() if id(p) not in taken]
    found: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            rest, lr=config.learning_rate, betas=(0.9, 0.95), weight_decay=config.weight_decay, foreach=True
        )
    ]
    if matrices:
        found.append(
            torch.optim.Muon(
                matrices,
                lr=config.matrix_rate,
                weight_decay=config.weight_decay,
                adjust_lr_fn="match_rms_adamw",
            )
        )
    return found


def rate(config: TrainingConfig, step: int) -> float:
    """The learning rate's share: warm-up, then level, then down to a twentieth along a cosine-like line."""
    up = min(1.0, (step + 1) / config.warm_up)
    left = (config.steps - step) / max(1, config.steps - config.decay_from)
    return up * max(0.05, min(1.0, left))


@torch.no_grad()
def follow(averages: Iterable[Tensor], current: Iterable[nn.Parameter], *, step: int, limit: float) -> None:
    """Move the moving averages towards the current weights; faster in the first steps."""
    keep = min(limit, (step + 1) / (step + 10))
    torch._foreach_lerp_(list(averages), [p.detach() for p in current], 1 - keep)
