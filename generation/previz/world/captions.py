"""Captions of scenes: a small grammar with synonyms, free word order and things left unsaid."""

import random

from generation.previz.world import lexicon
from generation.previz.world.scenes import Scene

_DROP = {"colour": 0.05, "size": 0.4, "motion": 0.1, "ground": 0.1, "light": 0.2}
_TABLES = {
    "size": lexicon.SIZE_WORDS,
    "colour": lexicon.COLOUR_WORDS,
    "shape": lexicon.NOUNS,
    "motion": lexicon.MOTION_PHRASES,
    "ground": lexicon.GROUND_PHRASES,
    "light": lexicon.LIGHT_PHRASES,
}


def caption(scene: Scene, seed: int) -> str:
    """Say what `scene` shows in one of many ways: the same seed gives the same words."""
    return caption_with_names(scene, seed)[0]


def caption_with_names(scene: Scene, seed: int) -> tuple[str, set[str]]:
    """A caption, and the names of the attributes that it mentions."""
    chance = random.Random(f"previz-caption-{seed}")
    said = {name for name, share in _DROP.items() if chance.random() >= share}
    return compose(scene, said=said, chance=chance), said | {"shape"}


def plain(scene: Scene) -> str:
    """The fullest, plainest caption: every attribute, first words, usual order."""
    return compose_plain(scene, set(_TABLES))


def compose_plain(scene: Scene, said: set[str]) -> str:
    """The attributes named in `said`, in their first words and usual order."""
    words = [table[getattr(scene, name)][0] for name, table in _TABLES.items() if name in said]
    return f"{'an' if words[0][0] in 'aeiou' else 'a'} {' '.join(words)}"


def compose(scene: Scene, *, said: set[str], chance: random.Random) -> str:
    """Put the attributes named in `said` into words; the shape is always named."""
    words = [lexicon.pick(lexicon.NOUNS, scene.shape, chance)]
    if "colour" in said:
        words.insert(0, lexicon.pick(lexicon.COLOUR_WORDS, scene.colour, chance))
    if "size" in said:
        words.insert(0, lexicon.pick(lexicon.SIZE_WORDS, scene.size, chance))
    subject = _with_article(" ".join(words), chance)
    parts = [
        lexicon.pick(table, getattr(scene, name), chance)
        for name, table in (
            ("motion", lexicon.MOTION_PHRASES),
            ("ground", lexicon.GROUND_PHRASES),
            ("light", lexicon.LIGHT_PHRASES),
        )
        if name in said
    ]
    if chance.random() < 0.4:
        chance.shuffle(parts)
    if parts and chance.random() < 0.2:
        first = parts.pop(chance.randrange(len(parts)))
        subject = f"{first}, {subject}"
    joint = ", " if chance.random() < 0.25 else " "
    return joint.join([subject, *parts])


def _with_article(noun: str, chance: random.Random) -> str:
    if chance.random() < 0.2:
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
