"""One step of training: which clips, which words, which noise, which loss."""

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from dam.core import dtypes
from generation.previz import text
from generation.previz.codec import FOLD
from generation.previz.config import Phase, Size, TrainingConfig
from generation.previz.data import Corner, LatentStore
from generation.previz.transformer import PlacedTransformer, Shown
from generation.previz.world import captions, scenes

_AWAY = 0.15
"""Share of windows that may lie anywhere."""
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


class SomeTimes(nn.Module):
    """Stands in the transformer's rotary embedding while it learns: tells it which latent frames it is shown.

    A clip of which one or three of seven latent frames are shown costs a seventh or half of a whole one, and
    teaches where things are at those times all the same.
    """

    def __init__(self, rotary: Any) -> None:
        super().__init__()
        self.rotary = rotary
        self.times: Sequence[int] = ()

    def forward(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        whole = latents[:, :, :1].expand(-1, -1, max(self.times) + 1, -1, -1)
        cosine, sine = self.rotary(whole)
        chosen = torch.tensor(self.times, device=cosine.device)

        def pick(table: Tensor) -> Tensor:
            apart: Tensor = table.unflatten(1, (max(self.times) + 1, -1))
            return apart[:, chosen].flatten(1, 2)

        return pick(cosine), pick(sine)


@dataclass(slots=True)
class Models:
    transformer: Any
    encoder: Any
    namer: Namer
    tokenizer: Any
    times: SomeTimes

    def to(self, device: torch.device) -> "Models":
        for part in (self.transformer, self.encoder, self.namer):
            part.to(device)
        return self

    def show(self, shown: Shown) -> None:
        """Tell the transformer what it is shown of clips."""
        # What is turned by time and place is the difference of two patches: those of a window are as far
        # from each other as anywhere else. Of several latent frames all clips show the same.
        alone = shown.times.shape[1] == 1
        self.times.times = (0,) if alone else tuple(shown.times[0].tolist())
        self.transformer.patch_embedding.shown = shown

    def trained(self) -> list[nn.Parameter]:
        return [*self.transformer.parameters(), *self.encoder.parameters(), *self.namer.parameters()]


def build(config: TrainingConfig) -> Models:
    """Models with random weights, the same for the same seed."""
    torch.manual_seed(config.seed)
    tokenizer = text.build_tokenizer(captions.caption(scenes.sample(i), i) for i in range(config.sentences))
    transformer = PlacedTransformer(
        patch_size=(1, FOLD, FOLD),
        num_attention_heads=config.heads,
        attention_head_dim=config.model_width // config.heads,
        in_channels=config.channels // FOLD**2,
        out_channels=config.channels // FOLD**2,
        text_dim=config.text_width,
        freq_dim=config.model_width,
        ffn_dim=config.feed_forward,
        num_layers=config.layers,
        rope_max_seq_len=64,
    )
    encoder = text.build_encoder(
        width=config.text_width, layers=config.text_layers, vocabulary=len(tokenizer)
    )
    times = SomeTimes(transformer.rope)
    return Models(transformer, encoder, Namer(config.text_width), tokenizer, times)


@dataclass(frozen=True, slots=True)
class Batch:
    latents: Tensor
    """[B, z, T, h, w]"""
    shown: Shown
    paths: Tensor
    """True [B, h / 2, w / 2] for the tokens that an object passes at any time of the clip."""
    tokens: Tensor
    labels: dict[str, Tensor]
    noise: Tensor
    level: Tensor
    """Share of noise per clip, 0 to 1."""
    given: Tensor | None
    """True [T, h, w] where the clip is given clean; None where nothing is."""

    def on(self, device: torch.device) -> "Batch":
        """The same on a device; what is shown stays, for the transformer takes that along by itself."""
        if device.type == "cpu":
            return self
        moved = {f.name: getattr(self, f.name) for f in fields(self)}
        moved = {n: v.to(device, non_blocking=True) if isinstance(v, Tensor) else v for n, v in moved.items()}
        return Batch(**{**moved, "labels": {n: v.to(device) for n, v in self.labels.items()}})


def words(
    config: TrainingConfig, tokenizer: Any, places: list[int], step: int
) -> tuple[Tensor, dict[str, Tensor]]:
    """Captions of these clips, worded anew for this step, as tokens and as labels of what they name."""
    chance = random.Random(f"previz-words-{config.seed}-{step}")
    chosen = [scenes.sample(place) for place in places]
    captioned = [captions.caption_with_names(scene, chance.getrandbits(48)) for scene in chosen]
    written, named = [], []
    for sentence, names in captioned:
        dropped = chance.random() < config.caption_dropout
        written.append("" if dropped else sentence)
        named.append(set() if dropped else names)
    labels = {
        name: torch.tensor([v if name in names else UNSAID for v, names in zip(values, named, strict=True)])
        for name, values in scenes.labels(chosen).items()
    }
    return text.tokenize(tokenizer, written), labels


@dataclass(frozen=True, slots=True)
class Plan:
    """What the batch of a step shows, chosen before latents are read, so that others can choose ahead."""

    step: int
    size: Size
    places: list[int]
    times: list[tuple[int, ...]]
    """Of each clip its own, or a single one that is all clips'."""
    corners: list[Corner]
    """Where windows begin; of no clip for whole ones."""
    paths: Tensor
    given: Tensor | None
    tokens: Tensor
    labels: dict[str, Tensor]


def plan(config: TrainingConfig, store: LatentStore, tokenizer: Any, step: int) -> Plan:
    """Which clips a step shows at which times, in which words, and what is given."""
    chance = random.Random(f"previz-batch-{config.seed}-{step}")
    size = chance.choices(config.sizes, config.size_shares)[0]
    within = store.places(size, store.reach(step))
    phase: Phase = next((p for p in config.phases if step < p.until), config.phases[-1])
    given: Tensor | None = None
    corners: list[Corner] = []
    if chance.random() < phase.windows:
        many = max(1, config.tokens // math.prod(config.window))
        places = store.chosen(within, many, chance)
        times, corners, paths = _windows(config, store, places, size, chance)
    else:
        times = [_times(config, phase, chance)]
        many = max(1, config.tokens // (config.blocks * len(times[0])))
        places = store.chosen(within, many, chance)
        paths = store.paths(places, size=size)
        if len(times[0]) > 1 and chance.random() < config.given_share:
            rows, columns = (FOLD * n for n in paths.shape[1:])
            given = _given((len(times[0]), rows, columns), chance)
    tokens, labels = words(config, tokenizer, places, step)
    return Plan(step, size, places, times, corners, paths, given, tokens, labels)


def fill(config: TrainingConfig, store: LatentStore, plan: Plan) -> Batch:
    """The batch of a plan, its latents and noise where training is."""
    width, height = plan.size
    rows, columns = height // config.block, width // config.block
    many = len(plan.places)
    if plan.corners:
        times = [time for (time,) in plan.times]
        latents = store.windows(plan.places, size=plan.size, times=times, corners=plan.corners)
    else:
        latents = store.get(plan.places, size=plan.size, times=plan.times[0])
    # Drawn where it is needed: on a CPU the noise of a large batch takes longer than the rest of its step.
    dice = torch.Generator(latents.device).manual_seed(config.seed * 1_000_003 + plan.step)
    chance: dict[str, Any] = {"generator": dice, "device": latents.device}
    level = torch.sigmoid(torch.randn(many, **chance))
    level = config.noise_shift * level / (1 + (config.noise_shift - 1) * level)
    top = torch.rand(many, **chance) < config.noise_top
    level = torch.where(top, 0.9 + 0.1 * torch.rand(many, **chance), level)
    return Batch(
        latents=latents,
        shown=_shown(plan.times, plan.corners or [(0, 0)], rows, columns),
        paths=plan.paths,
        tokens=plan.tokens,
        labels=plan.labels,
        noise=torch.randn(latents.shape, **chance),
        level=level,
        given=plan.given,
    )


def batch(config: TrainingConfig, store: LatentStore, tokenizer: Any, step: int) -> Batch:
    """The batch of a step."""
    return fill(config, store, plan(config, store, tokenizer, step))


class Plans(Dataset[Plan]):
    """The plans of all steps, for torch's data loader: its processes make them ahead."""

    def __init__(self, config: TrainingConfig, store: LatentStore, tokenizer: Any) -> None:
        self._config, self._store, self._tokenizer = config, store, tokenizer

    def __getitem__(self, step: int) -> Plan:
        return plan(self._config, self._store, self._tokenizer, step)


def plans(config: TrainingConfig, store: LatentStore, tokenizer: Any, steps: range) -> Iterator[Plan]:
    """The plans of these steps in their order, made ahead by `config.feeders` processes."""
    if not config.feeders:
        return (plan(config, store, tokenizer, step) for step in steps)
    # Processes that are forked share what has been read already, but not what is on a device: they need none.
    return iter(
        DataLoader(
            Plans(config, store, tokenizer),
            batch_size=None,
            sampler=steps,
            num_workers=config.feeders,
            prefetch_factor=4,
            collate_fn=_as_it_is,
        )
    )


def _as_it_is(plan: Any) -> Any:
    return plan


def _windows(
    config: TrainingConfig, store: LatentStore, places: list[int], size: Size, chance: random.Random
) -> tuple[list[tuple[int, ...]], list[Corner], Tensor]:
    """Times, corners and paths of windows at any times, most of them where an object passes.

    Not where it is at that time: then there would be nothing to learn about time.
    """
    rows, columns = size[1] // config.block, size[0] // config.block
    high, wide = config.window
    times: list[tuple[int, ...]] = [(chance.randrange(config.latent_frames),) for _ in places]
    paths = store.paths(places, size=size)
    corners: list[Corner] = []
    for path in paths:
        passed = path.nonzero().tolist()
        row, column = chance.choice(passed) if passed else (0, 0)
        if not passed or chance.random() < _AWAY:
            row, column = chance.randrange(rows), chance.randrange(columns)
        top, left = row - chance.randrange(high), column - chance.randrange(wide)
        corners.append((min(max(0, top), rows - high), min(max(0, left), columns - wide)))
    cut = [p[top : top + high, left : left + wide] for p, (top, left) in zip(paths, corners, strict=True)]
    return times, corners, torch.stack(cut)


def _shown(times: Sequence[Sequence[int]], corners: Sequence[Corner], rows: int, columns: int) -> Shown:
    where = torch.tensor(corners)
    return Shown(
        times=torch.tensor([list(of) for of in times]),
        top=where[:, 0],
        left=where[:, 1],
        rows=rows,
        columns=columns,
    )


def _times(config: TrainingConfig, phase: Phase, chance: random.Random) -> tuple[int, ...]:
    """Which latent frames a batch shows."""
    many = chance.choices(list(phase.spans), list(phase.spans.values()))[0]
    if many >= config.latent_frames:
        return tuple(range(config.latent_frames))
    return tuple(sorted(chance.sample(range(config.latent_frames), many)))


def _given(shape: Sequence[int], chance: random.Random) -> Tensor:
    """What of a clip is given clean [T, h, w]: its beginning, its end, both, or all but a box."""
    times, rows, columns = shape
    given = torch.zeros(times, rows, columns, dtype=torch.bool)
    match chance.choices(("first", "both", "begin", "end", "box"), (40, 20, 15, 10, 15))[0]:
        case "first":
            given[0] = True
        case "both":
            given[0] = given[-1] = True
        case "begin":
            given[: chance.randint(1, times - 1)] = True
        case "end":
            given[-chance.randint(1, times - 1) :] = True
        case "box":  # to whole tokens
            high, wide = (FOLD * chance.randint(1, n // FOLD) for n in (rows, columns))
            top, left = (
                FOLD * chance.randint(0, (n - m) // FOLD) for n, m in ((rows, high), (columns, wide))
            )
            given[:] = True
            given[:, top : top + high, left : left + wide] = False
    return given


def loss(config: TrainingConfig, models: Models, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Loss to descend, plain error of the predicted clip, and error of the words."""
    latents = batch.latents
    device = latents.device
    noisy = torch.lerp(latents, batch.noise, batch.level.view(-1, 1, 1, 1, 1))
    timestep = batch.level * 1000
    open_places = torch.ones(latents.shape[2:], device=device)
    if batch.given is not None:
        open_places = (~batch.given).float()
        noisy = torch.lerp(latents, noisy, open_places)
        timestep = timestep.unsqueeze(1) * open_places[:, ::FOLD, ::FOLD].flatten().unsqueeze(0)
    models.show(batch.shown)
    with dtypes.autocast(device):
        states = text.encode(models.encoder, batch.tokens)
        named = models.namer.loss(states, batch.tokens, batch.labels)
        found = models.transformer(
            hidden_states=noisy,
            timestep=timestep,
            encoder_hidden_states=states,
            return_dict=False,
        )[0]
    # A clip is mostly ground, which is learnt soon: without more weight the objects hardly count.
    heed = open_places * torch.where(_to_latents(batch.paths).unsqueeze(1), config.object_weight, 1.0)
    error = (found.float() - latents).square().mean(dim=1)
    error = (error * heed).sum(dim=(1, 2, 3)) / heed.sum(dim=(1, 2, 3)).clamp(min=1)
    weight = batch.level.clamp(min=config.noise_floor).pow(-2)
    return (error * weight).mean() + 0.1 * named, error.mean(), named


def _to_latents(tokens: Tensor) -> Tensor:
    """What is true of tokens [..., h, w], of each of their latents [..., h * FOLD, w * FOLD]."""
    return tokens.repeat_interleave(FOLD, dim=-1).repeat_interleave(FOLD, dim=-2)


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
    """The learning rate's share, above 0 and at most 1: warm-up, level, then straight down to a twentieth.

    Raises ValueError for a step before the run's first, whose share would be negative and unlearn.
    """
    if step < config.first_step:
        raise ValueError(
            f"The run stands at step {step}, before its first_step ({config.first_step}). "
            "Begin it with weights that have had so many steps, or lower first_step."
        )
    up = min(1.0, (step - config.first_step + 1) / config.warm_up)
    left = (config.steps - step) / max(1, config.steps - config.decay_from)
    return up * max(0.05, min(1.0, left))


@torch.no_grad()
def follow(averages: Iterable[Tensor], current: Iterable[nn.Parameter], *, step: int, limit: float) -> None:
    """Move the moving averages towards the current weights; faster in the first steps."""
    keep = min(limit, (step + 1) / (step + 10))
    torch._foreach_lerp_(list(averages), [p.detach() for p in current], 1 - keep)
