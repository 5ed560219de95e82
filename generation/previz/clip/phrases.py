"""What people type into a search box for clips of the world, and what of it a picture can show. Pure.

A text comes with the attributes it names: a picture of a scene answers it if all of them agree.
"""

import random
from dataclasses import dataclass

from generation.previz.world import lexicon
from generation.previz.world.scenes import Scene

# A single frame shows these; motion it does not.
VISIBLE = ("shape", "colour", "size", "ground", "light")

# Further words of searches, beside those of the captions (lexicon).
MORE: dict[str, dict[str, tuple[str, ...]]] = {
    "shape": {
        "ball": ("balls", "spheres", "globe"),
        "cube": ("cubes", "boxes", "crate"),
        "bottle": ("bottles", "drink", "beverage bottle"),
        "can": ("cans", "tins", "soda can", "drink can"),
        "star": ("star shape", "star shaped"),
        "heart": ("hearts", "heart shape", "heart shaped"),
        "ring": ("rings", "hoops", "donuts", "doughnut", "torus"),
        "leaf": ("leaves", "plant leaf"),
    },
    "colour": {
        "red": ("ruby", "reddish"),
        "orange": ("tangerine", "amber"),
        "yellow": ("gold", "lemon"),
        "green": ("emerald", "greenish"),
        "blue": ("navy", "azure", "bluish"),
        "purple": ("lilac", "lavender"),
        "pink": ("rose", "magenta"),
        "white": ("ivory", "snow white"),
    },
    "size": {"small": ("mini",), "medium": ("mid-size",), "large": ("giant",)},
    "ground": {
        "table": ("table", "desk", "wood", "wooden", "tabletop"),
        "pedestal": ("pedestal", "podium", "plinth", "stage"),
        "studio": ("studio", "backdrop", "gradient", "plain background", "gradient background"),
        "sky": ("sky", "clouds", "cloudy", "in the air"),
        "sea": ("sea", "ocean", "water", "waves", "seaside", "at sea"),
        "city": ("city", "skyline", "buildings", "town", "urban", "downtown", "skyscrapers", "cityscape"),
        "desert": ("desert", "sand", "dunes", "sandy"),
        "meadow": ("meadow", "grass", "hills", "field", "nature", "countryside", "green hills"),
    },
    "light": {
        "day": ("day", "daylight", "daytime", "sunny", "bright"),
        "dusk": ("sunset", "dusk", "evening", "twilight", "golden hour", "sundown"),
        "night": ("night", "dark", "nighttime", "moonlight", "late at night"),
    },
}
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
_TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "shape": lexicon.NOUNS,
    "colour": lexicon.COLOUR_WORDS,
    "size": lexicon.SIZE_WORDS,
    "ground": lexicon.GROUND_PHRASES,
    "light": lexicon.LIGHT_PHRASES,
}


@dataclass(frozen=True)
class Phrase:
    """A text and the visible attributes it names; one that names none answers to no picture."""

    text: str
    named: dict[str, str]


def describe(scene: Scene, chance: random.Random) -> Phrase:
    """Something a person could type to find this scene: from one word to a sentence."""
    kind = chance.random()
    if kind < 0.03:
        return Phrase(chance.choice((*EMPTY, *lexicon.MOTION_PHRASES[scene.motion])), {})
    if kind < 0.25:  # one thing
        named = [chance.choice(VISIBLE)]
    elif kind < 0.45:  # the thing and one more
        named = ["shape", chance.choice(("colour", "colour", "size", "ground", "light"))]
    else:
        named = [name for name in VISIBLE if chance.random() < 0.7] or ["shape"]
    return Phrase(_words(scene, named, chance), {name: getattr(scene, name) for name in named})


def known_words() -> frozenset[str]:
    """Every word that can occur, for the tokenizer and for telling what a search could not be told."""
    phrases = [*LEAD, *TAIL, *EMPTY, "a an the of in on at and with over by before front to is"]
    for table in (*_TABLES.values(), *MORE.values(), lexicon.MOTION_PHRASES):
        phrases += [phrase for said in table.values() for phrase in said]
    return frozenset(" ".join(phrases).replace("-", " ").lower().split())


def _words(scene: Scene, named: list[str], chance: random.Random) -> str:
    said = {name: _say(name, getattr(scene, name), chance) for name in named}
    adjectives = [said[name] for name in ("size", "colour") if name in said]
    if chance.random() < 0.15:
        adjectives.reverse()
    subject = " ".join([*adjectives, *([said["shape"]] if "shape" in said else [])])
    if subject and chance.random() < 0.5:
        subject = f"{'an' if subject[0] in 'aeiou' else 'a'} {subject}"
    parts = [said[name] for name in ("ground", "light") if name in said]
    if chance.random() < 0.25:
        parts.append(lexicon.pick(lexicon.MOTION_PHRASES, scene.motion, chance))
    chance.shuffle(parts)
    order = [subject, *parts] if chance.random() < 0.8 else [*parts, subject]
    text = " ".join(part for part in order if part)
    if chance.random() < 0.15:
        text = f"{chance.choice(LEAD)} {text}"
    if chance.random() < 0.08:
        text = f"{text} {chance.choice(TAIL)}"
    return text


def _say(name: str, value: str, chance: random.Random) -> str:
    return chance.choice(_TABLES[name][value] + MORE[name][value])
