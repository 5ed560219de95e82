"""How well a search finds moments by what they show and what clips are called: `manage.py evaluate search`.

The clips are of the drawn world, so it is known what each moment shows: two scenes one after the other. Their
titles name a campaign, which no picture shows, and what comes first; or another clip's; or nothing. People
ask for what is seen, for that in a campaign, or for a plain pair such as "red bottle". Each question is
answered by words, by the pictures, and by both, fused as the product does it. Titles have a stand-in
for the product's text search: as there, a clip must have every word.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dam.search import calibration, fusion, null_queries, strengths
from dam.search.calibration import Queries
from dam.search.encoders import loading, model_card
from dam.search.encoders.base import Encoder, TextEmbedding, Vectors
from dam.search.strengths import Strength
from generation.footage import evaluate as captioned
from generation.previz.clip import evaluate, phrases
from generation.previz.world import rendering, scenes
from generation.previz.world.scenes import Scene

FIRST_SEED = 6_000_000  # not those of `evaluate clip`
FRAMES, EVERY_MS, HEIGHT, WIDTH = 4, 500, 144, 256  # of each scene
SCENE_MS = FRAMES * EVERY_MS
DEPTH = 150
TITLED, MISTITLED = 0.5, 0.15  # the share of titles that are right, and that are another clip's
PAIR = ("colour", "shape")
CAMPAIGNS = ("Aurora", "Basilisk", "Candela", "Dryad", "Evergold", "Fathom", "Gossamer", "Halcyon")
NEUTRAL = ("final", "take 3", "untitled", "export", "shot A", "v2")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Clip:
    title: str
    frames: Vectors  # [F, D], one each EVERY_MS


@dataclass(frozen=True)
class Answer:
    """A moment that answers: frames of a clip, from and before."""

    clip: int
    first: int
    end: int


@dataclass(frozen=True)
class Question:
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Found:
    """A hit: the frame that it opens at, the first where only the title matched."""

    clip: int
    frame: int = 0
    strength: Strength = Strength.STRONG


def report(
    folder: Path,
    *,
    clips: int,
    captions: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Recall@5 and mean reciprocal rank for words, pictures and both; shares are 0 to 1.

    With `captions`, of one's own clips or pictures, in which a whole clip answers. Raises as
    generation.footage.evaluate.report does.
    """
    about = model_card.read(folder)
    encoder = loading.load(about)
    if captions:
        library, questions = _own(captions, encoder, on_progress)
    else:
        library, questions = drawn(encoder, clips=clips, on_progress=on_progress)
    null = null_queries.encode(encoder)
    by_words = [in_words(library, question.text) for question in questions]
    by_sight = [in_pictures(library, encoder.understand(question.text), null) for question in questions]
    both = [fused(words, seen) for words, seen in zip(by_words, by_sight, strict=True)]
    tables = {"words": by_words, "pictures": by_sight, "both": both}
    return {
        "model": about.label,
        "clips": len(library),
        "questions": len(questions),
        **{name: measure(found, questions) for name, found in tables.items()},
        "right": precision(by_sight, questions),
    }


def drawn(
    encoder: Encoder, *, clips: int, on_progress: Callable[[int, int], None] | None = None
) -> tuple[list[Clip], list[Question]]:
    """A library of two scenes a clip, and a question for every scene with all the moments that answer it."""
    chance = random.Random("reelproof-search")
    shown = [scenes.sample(FIRST_SEED + place, held_out=True) for place in range(2 * clips)]
    vectors = []
    for at in range(0, len(shown), 20):
        drawn = rendering.render(shown[at : at + 20], frames=FRAMES, height=HEIGHT, width=WIDTH)
        pictures = drawn.flatten(0, 1).numpy()
        vectors.append(encoder.encode_frames(pictures))
        if on_progress:
            on_progress(min(at + 20, len(shown)) // 2, clips)
    frames = np.concatenate(vectors).reshape(clips, 2 * FRAMES, -1)
    library = [Clip(title=_title(shown, place, chance), frames=frames[place]) for place in range(clips)]
    return library, [_question(shown, place, chance) for place in range(len(shown))]


def in_words(library: Sequence[Clip], text: str) -> list[Found]:
    """Clips whose title has every word of the question; shorter titles, of which they are more, first."""
    titles = [_words(clip.title) for clip in library]
    asked = _words(text) - _SAY_NOTHING
    there = [place for place, title in enumerate(titles) if asked and asked <= title]
    return [Found(clip=place) for place in sorted(there, key=lambda place: len(titles[place]))[:DEPTH]]


def in_pictures(library: Sequence[Clip], meaning: TextEmbedding, null: Queries) -> list[Found]:
    """Clips that show it, as the product ranks and judges them."""
    if meaning.vector is None:
        return []
    scale = fusion.Scale(steepness=meaning.steepness, level=meaning.level)
    vector = np.array(meaning.vector, np.float32)
    scores = [scale.steepness * (clip.frames @ vector - scale.level) for clip in library]
    best = [int(each.argmax()) for each in scores]
    order = sorted(range(len(library)), key=lambda place: -scores[place][best[place]])[:DEPTH]
    found = []
    for place, likelihood in zip(order, _likelihoods(library, scores, best, order, null), strict=True):
        strength = strengths.of(likelihood)
        if strength is not None:
            found.append(Found(clip=place, frame=best[place], strength=strength))
    return found


def fused(words: Sequence[Found], seen: Sequence[Found]) -> list[Found]:
    """Both rankings as one, weak matches of the pictures alone last, as the product shows them."""
    by_sight = {each.clip: each for each in seen}
    titled = {each.clip for each in words}
    ranked = fusion.fuse(words=[each.clip for each in words], pictures=[each.clip for each in seen])
    hits = [by_sight.get(each.key, Found(clip=each.key)) for each in ranked]
    return sorted(hits, key=lambda hit: hit.clip not in titled and hit.strength is Strength.WEAK)


def measure(found: Sequence[Sequence[Found]], questions: Sequence[Question]) -> dict[str, float]:
    """By the place of the first hit that opens at a moment that answers."""
    places = [
        next((place for place, hit in enumerate(hits) if _right(hit, question)), None)
        for hits, question in zip(found, questions, strict=True)
    ]
    return {
        "recall_at_5": _mean([place is not None and place < 5 for place in places]),
        "mean_reciprocal_rank": _mean([0.0 if place is None else 1 / (place + 1) for place in places]),
    }


def precision(found: Sequence[Sequence[Found]], questions: Sequence[Question]) -> dict[str, float]:
    """The share of right ones among the hits of each strength."""
    right: dict[Strength, list[bool]] = {each: [] for each in Strength}
    for hits, question in zip(found, questions, strict=True):
        for hit in hits:
            right[hit.strength].append(_right(hit, question))
    return {strength.value: _mean(each) for strength, each in right.items()}


def _right(hit: Found, question: Question) -> bool:
    return any(hit.clip == each.clip and each.first <= hit.frame < each.end for each in question.answers)


def _likelihoods(
    library: Sequence[Clip],
    scores: Sequence[NDArray[np.float32]],
    best: Sequence[int],
    order: Sequence[int],
    null: Queries,
) -> list[float]:
    reached = [float(scores[place][best[place]]) for place in order]
    if len(null) < calibration.LEAST_QUERIES:
        return [fusion.Scale(steepness=1, level=0).likelihood(score) for score in reached]
    frames = np.stack([library[place].frames[best[place]] for place in order])
    return [
        chance.likelihood(score)
        for chance, score in zip(calibration.chances(frames, null), reached, strict=True)
    ]


def _own(
    file: Path, encoder: Encoder, on_progress: Callable[[int, int], None] | None
) -> tuple[list[Clip], list[Question]]:
    library, questions = [], []
    items = captioned.read(file)
    for place, item in enumerate(items):
        frames = encoder.encode_frames(captioned.frames(file.parent / str(item["path"])))
        library.append(Clip(title=str(item.get("title", "")), frames=frames))
        whole = (Answer(clip=place, first=0, end=len(frames)),)
        questions += [Question(text=str(caption), answers=whole) for caption in item["captions"]]
        if on_progress:
            on_progress(place + 1, len(items))
    return library, questions


def _title(shown: Sequence[Scene], clip: int, chance: random.Random) -> str:
    kind = chance.random()
    if kind >= TITLED + MISTITLED:
        return f"{chance.choice(NEUTRAL)} {clip}"
    told = clip if kind < TITLED else chance.randrange(len(shown) // 2)
    return f"{_campaign(told)}: {_pair(shown[2 * told])}"


def _question(shown: Sequence[Scene], place: int, chance: random.Random) -> Question:
    """For one scene, in one of three kinds: what is seen, a plain pair, and a pair in a campaign."""
    kind = chance.randrange(3)
    phrase = phrases.describe(shown[place], chance)
    while not phrase.named:
        phrase = phrases.describe(shown[place], chance)
    if kind == 0:
        return _asked(phrase.text, phrase.named, shown)
    named = {name: value for name, value in phrases.shown(shown[place]).items() if name in PAIR}
    if kind == 1:
        return _asked(_pair(shown[place]), named, shown)
    return _asked(
        f"{_campaign(place // 2)} {_pair(shown[place])}", named, shown, campaign=_campaign(place // 2)
    )


def _asked(text: str, named: dict[str, str], shown: Sequence[Scene], *, campaign: str = "") -> Question:
    answers = tuple(
        Answer(clip=at // 2, first=at % 2 * FRAMES, end=(at % 2 + 1) * FRAMES)
        for at, scene in enumerate(shown)
        if named.items() <= phrases.shown(scene).items() and campaign in ("", _campaign(at // 2))
    )
    return Question(text=text, answers=answers)


def _pair(scene: Scene) -> str:
    return evaluate.spoken({name: value for name, value in phrases.shown(scene).items() if name in PAIR})


def _campaign(clip: int) -> str:
    return CAMPAIGNS[clip * 5 % len(CAMPAIGNS)]


_SAY_NOTHING = {"a", "an", "the", "of", "in", "on", "at", "and", "with", "is", "to"}


def _words(text: str) -> set[str]:
    """Without the s of a plural: the product stems by each language's rules."""
    words = _WORD.findall(text.lower())
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words}


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 3) if values else 0.0
