"""What people type into a search box for clips of the world, and what of it a picture can show. Pure.

A text comes with the attributes it names: a picture of a scene answers it if all of them agree.
"""

import random
from dataclasses import dataclass

from generation.previz.world import captions, lexicon, scenes
from generation.previz.world.scenes import Scene

# A single frame shows these; movement of objects and camera it does not.
VISIBLE = ("count", "size", "colour", "material", "shape", "ground", "light")

NEAR = 0.27
"""Half the height, in shorter sides of the picture, beyond which an object is nearer than in any sample."""
CAPTIONS_SHARE = 0.2
"""Texts that are whole captions, as clips made here carry them."""
# What is asked for alone: what is harder to tell comes more often.
_ALONE = (*VISIBLE, "shape", "shape", "colour", "material", "ground", "light")
_BESIDE_SHAPE = ("colour", "colour", "material", "size", "count", "ground", "light")
LEAD = (
    "a video of",
    "video of",
    "clip of",
    "footage of",
    "a shot of",
    "a photo of",
    "an image of",
    "show me",
    "the",
)
TAIL = ("video", "clip", "footage", "shot", "product", "scene", "close up")
EMPTY = (
    "a video",
    "a photo",
    "footage",
    "something",
    "a picture",
    "clips",
    "a scene",
    "product shot",
    "brand film",
)
# What a thing is called whose kind is left open.
_THING = ("object", "thing", "item")


@dataclass(frozen=True)
class Phrase:
    """A text and the visible attributes it names; one that names none answers to no picture."""

    text: str
    named: dict[str, str]


def shown(scene: Scene) -> dict[str, str]:
    """What a frame of this scene shows: its ground and light alone if no object is there."""
    there = scenes.shown(scene)
    return {name: getattr(scene, name) for name in VISIBLE if name in there}


def unsure(scene: Scene) -> frozenset[str]:
    """What one frame of this scene cannot settle: the size of what grows, comes near or is zoomed at."""
    changing = scene.motion in ("grow", "orbit") or scene.camera.startswith("zoom") or scene.radius > NEAR
    return frozenset({"size"}) if scene.objects and changing else frozenset()


def describe(scene: Scene, chance: random.Random) -> Phrase:
    """Something a person could type to find this scene: from one word to a sentence."""
    there = shown(scene)
    kind = chance.random()
    if kind < 0.03:
        return Phrase(
            chance.choice((*EMPTY, _say("motion", scene, chance), _say("camera", scene, chance))), {}
        )
    if kind < 0.03 + CAPTIONS_SHARE:
        return _caption(scene, chance)
    if kind < 0.45:  # one thing
        names = [chance.choice([name for name in _ALONE if name in there])]
    elif kind < 0.62:  # the thing and one more
        thing, more = ("shape", _BESIDE_SHAPE) if "shape" in there else ("count", ("ground", "light"))
        names = [thing, chance.choice(more)]
    else:
        names = [name for name in there if chance.random() < (0.25 if name == "count" else 0.7)]
        names = names or ["shape" if "shape" in there else "count"]
    return Phrase(_words(scene, names, chance), {name: there[name] for name in names})


def known_words() -> frozenset[str]:
    """Every word that can occur, for the tokenizer and for telling what a search could not be told."""
    phrases = [*LEAD, *TAIL, *EMPTY, *_THING, *map(lexicon.plural, _THING)]
    phrases.append("a an the of in on at and with over by before front to is")
    for name, table in lexicon.WORDS.items():
        for value, ways in table.items():
            phrases += [*ways, *lexicon.SPOKEN[name][value]]
    for value, ways in lexicon.NOUNS.items():
        phrases += [plural(noun) for noun in (*ways, *lexicon.SPOKEN["shape"][value])]
    return frozenset(" ".join(phrases).replace("-", " ").lower().split())


def plural(noun: str) -> str:
    """More than one of a noun, spoken ones too: "sneakers", "plus signs", "leaves of a tree"."""
    first, of, rest = noun.partition(" of ")
    return first + of + rest if first.endswith("s") else lexicon.plural(first) + of + rest


def _caption(scene: Scene, chance: random.Random) -> Phrase:
    text, names = captions.caption_with_names(scene, chance.getrandbits(32))
    there = shown(scene)
    # "A ball" says nothing of how many there are: it finds two of them as well.
    named = {name: there[name] for name in there if name in names and (name != "count" or scene.objects != 1)}
    return Phrase(text, named)


def _words(scene: Scene, names: list[str], chance: random.Random) -> str:
    subject = _subject(scene, names, chance)
    parts = [_say(name, scene, chance) for name in ("ground", "light") if name in names]
    if scene.objects and chance.random() < 0.2:
        parts.append(_say("motion", scene, chance))
    if chance.random() < 0.1:
        parts.append(_say("camera", scene, chance))
    chance.shuffle(parts)
    order = [subject, *parts] if chance.random() < 0.8 else [*parts, subject]
    text = " ".join(part for part in order if part)
    if chance.random() < 0.15:
        text = f"{chance.choice(LEAD)} {text}"
    if chance.random() < 0.08:
        text = f"{text} {chance.choice(TAIL)}"
    return text


def _subject(scene: Scene, names: list[str], chance: random.Random) -> str:
    """Count, size, colour, material and noun, as far as they are named."""
    adjectives = [_say(name, scene, chance) for name in ("size", "colour", "material") if name in names]
    if chance.random() < 0.15:
        chance.shuffle(adjectives)
    count = _say("count", scene, chance) if "count" in names else ""
    if not scene.objects:
        return count
    # Of things not counted one is said, or many: people ask for "red bottles" and mean any.
    many = scene.objects > 1 if count else chance.random() < 0.25
    noun = _say("shape", scene, chance) if "shape" in names else ""
    if not noun and (count.endswith(" of") or chance.random() < (0.6 if count else 0.1)):
        noun = chance.choice(_THING)
    if noun and many:
        noun = plural(noun)
    subject = " ".join(word for word in (count, *adjectives, noun) if word)
    if subject and not count and not many and chance.random() < 0.5:
        subject = captions.with_article(subject)
    return subject


def _say(name: str, scene: Scene, chance: random.Random) -> str:
    value = getattr(scene, name)
    if chance.random() < 0.5:
        return chance.choice(lexicon.SPOKEN[name][value])
    word = lexicon.pick(lexicon.WORDS[name], value, chance)
    return "one" if word == "a" else word  # a lone "a" counts nothing
