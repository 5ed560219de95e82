"""Captions of scenes: a small grammar with synonyms, free word order and things left unsaid."""

import random

from generation import prompt_parser
from generation.previz.world import lexicon, scenes
from generation.previz.world.scenes import Scene
from generation.prompt_parser import Lexicon

_DROP = {
    "colour": 0.06,
    "size": 0.3,
    "material": 0.5,
    "motion": 0.1,
    "ground": 0.1,
    "light": 0.15,
    "camera": 0.3,
}
_PLAIN_SHARE = 0.5
"""Captions in the words that prompts are put into before the model reads them."""


def caption(scene: Scene, seed: int) -> str:
    """Say what `scene` shows in one of many ways: the same seed gives the same words."""
    return caption_with_names(scene, seed)[0]


def caption_with_names(scene: Scene, seed: int) -> tuple[str, set[str]]:
    """A caption, and the names of the attributes that it mentions."""
    chance = random.Random(f"previz-caption-{seed}")
    there = scenes.shown(scene)
    named = {name for name in there if chance.random() >= _DROP.get(name, 0)}
    if chance.random() < _PLAIN_SHARE:
        return compose_plain(scene, named), named
    return compose(scene, named=named, chance=chance), named


def plain(scene: Scene) -> str:
    """The fullest, plainest caption: every attribute that can be seen, first words, usual order."""
    return compose_plain(scene, set(scenes.shown(scene)))


def compose_plain(scene: Scene, named: set[str]) -> str:
    """The attributes named in `said`, in their first words and usual order."""
    return prompt_parser.say(
        {name: getattr(scene, name) for name in lexicon.WORDS if name in named}, _LEXICON
    )


_LEXICON = Lexicon.from_json(lexicon.to_json())


def compose(scene: Scene, *, named: set[str], chance: random.Random) -> str:
    """Put the attributes named in `said` into words; count and shape are always named."""
    if scene.count == "none":
        subject = lexicon.pick(lexicon.COUNT_WORDS, "none", chance)
    else:
        noun = lexicon.pick(lexicon.NOUNS, scene.shape, chance)
        words = [noun if scene.objects == 1 else lexicon.plural(noun)]
        for name in ("material", "colour", "size"):
            if name in named:
                words.insert(0, lexicon.pick(lexicon.WORDS[name], getattr(scene, name), chance))
        subject = " ".join(words)
        if scene.objects > 1:
            subject = f"{lexicon.pick(lexicon.COUNT_WORDS, scene.count, chance)} {subject}"
        elif chance.random() >= 0.2:
            subject = with_article(subject)
    parts = [
        lexicon.pick(lexicon.WORDS[name], getattr(scene, name), chance)
        for name in ("motion", "ground", "light", "camera")
        if name in named and name in scenes.shown(scene)
    ]
    if chance.random() < 0.4:
        chance.shuffle(parts)
    if parts and chance.random() < 0.2:
        first = parts.pop(chance.randrange(len(parts)))
        subject = f"{first}, {subject}"
    joint = ", " if chance.random() < 0.25 else " "
    return joint.join([subject, *parts])


def with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
