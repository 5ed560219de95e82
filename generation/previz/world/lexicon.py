"""The words of the world: how each attribute is said in a caption, and what people say instead."""

import random

NOUNS: dict[str, tuple[str, ...]] = {
    "ball": ("ball", "sphere", "orb"),
    "cube": ("cube", "box", "block"),
    "bottle": ("bottle", "flask"),
    "can": ("can", "tin"),
    "star": ("star",),
    "heart": ("heart",),
    "ring": ("ring", "hoop", "donut"),
    "leaf": ("leaf",),
}
COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "red": ("red", "crimson", "scarlet"),
    "orange": ("orange",),
    "yellow": ("yellow", "golden"),
    "green": ("green",),
    "blue": ("blue",),
    "purple": ("purple", "violet"),
    "pink": ("pink",),
    "white": ("white",),
}
SIZE_WORDS: dict[str, tuple[str, ...]] = {
    "small": ("small", "little", "tiny"),
    "medium": ("medium", "medium-sized"),
    "large": ("large", "big", "huge"),
}
MOTION_PHRASES: dict[str, tuple[str, ...]] = {
    "left": ("moving left", "sliding to the left", "drifting left", "gliding to the left"),
    "right": ("moving right", "sliding to the right", "drifting right", "gliding to the right"),
    "up": ("rising", "moving up", "floating up", "going upwards"),
    "down": ("falling", "moving down", "sinking", "coming downwards"),
    "turn": ("turning", "rotating", "spinning", "turning around"),
    "bounce": ("bouncing", "hopping", "jumping"),
    "grow": ("growing", "getting bigger", "growing larger", "expanding"),
    "still": ("standing still", "resting", "not moving", "still"),
}
GROUND_PHRASES: dict[str, tuple[str, ...]] = {
    "table": ("on a wooden table", "on a table", "on a desk"),
    "pedestal": ("on a pedestal", "on a white pedestal", "on a plinth", "on a stage"),
    "studio": ("in a studio", "on a plain background", "in front of a gradient"),
    "sky": ("in the sky", "among clouds", "in a cloudy sky"),
    "sea": ("over the sea", "by the ocean", "above the water"),
    "city": ("in a city", "before a skyline", "in front of city buildings"),
    "desert": ("in a desert", "over sand dunes", "in the dunes"),
    "meadow": ("on a meadow", "over green hills", "on a grass field"),
}
LIGHT_PHRASES: dict[str, tuple[str, ...]] = {
    "day": ("by day", "in daylight", "at noon", "in bright light"),
    "dusk": ("at dusk", "at sunset", "in the evening"),
    "night": ("at night", "in the dark", "by moonlight"),
}


def pick(table: dict[str, tuple[str, ...]], value: str, chance: random.Random) -> str:
    """One way to say `value`; the first, plainest one half of the time."""
    words = table[value]
    return words[0] if chance.random() < 0.5 else chance.choice(words)


SPOKEN: dict[str, dict[str, tuple[str, ...]]] = {
    "shape": {
        "ball": ("balls", "globe", "bubble", "circle", "football", "balloon"),
        "cube": ("cubes", "boxes", "carton", "package", "parcel", "dice", "square"),
        "bottle": ("bottles", "perfume", "vial"),
        "can": ("cans", "soda", "drink", "cylinder", "soda can", "tin can"),
        "star": ("stars", "starfish"),
        "heart": ("hearts", "love heart"),
        "ring": ("rings", "torus", "doughnut", "wheel", "lifebuoy"),
        "leaf": ("leaves", "feather"),
    },
    "colour": {
        "red": ("ruby", "cherry"),
        "orange": ("amber", "tangerine"),
        "yellow": ("gold", "lemon"),
        "green": ("emerald", "lime"),
        "blue": ("azure", "navy", "cobalt"),
        "purple": ("lilac", "lavender", "magenta"),
        "pink": ("rose", "rosy"),
        "white": ("silver", "pale", "ivory"),
    },
    "size": {
        "small": ("mini", "smaller"),
        "medium": ("medium sized", "normal", "mid-sized"),
        "large": ("giant", "larger", "bigger", "enormous"),
    },
    "motion": {
        "left": ("left", "to the left", "leftwards", "moves left", "moving to the left", "slides left",
                 "sliding left", "drifts left", "flying left", "rolling left", "rolls left",
                 "from right to left", "glides left", "gliding left"),
        "right": ("right", "to the right", "rightwards", "moves right", "moving to the right", "slides right",
                  "sliding right", "drifts right", "flying right", "rolling right", "rolls right",
                  "from left to right", "glides right", "gliding right"),
        "up": ("up", "upwards", "rises", "ascending", "lifting", "floats up", "flying up", "moves up",
               "going up", "moving upwards", "floating", "taking off"),
        "down": ("down", "downwards", "falls", "dropping", "drops", "descending", "landing", "sinks",
                 "moves down", "going down", "falling down", "moving downwards"),
        "turn": ("turns", "rotates", "spins", "rotate", "spin", "rotation", "whirling", "revolving",
                 "twirling", "slowly turning", "turning slowly", "rolling"),
        "bounce": ("bounces", "hops", "jumps", "bounce", "jump", "bouncy", "bouncing up and down"),
        "grow": ("grows", "grow", "swelling", "inflating", "expands", "becoming bigger", "enlarging"),
        "still": ("static", "motionless", "stationary", "standing", "stands", "rests", "sitting", "lying",
                  "unmoving", "stays still"),
    },
    "ground": {
        "table": ("table", "wooden table", "desk", "tabletop", "wood", "wooden floor", "kitchen", "wooden"),
        "pedestal": ("pedestal", "white pedestal", "plinth", "podium", "stage", "platform"),
        "studio": ("studio", "gradient", "plain background", "backdrop", "studio background"),
        "sky": ("sky", "clouds", "cloudy sky", "cloud", "air", "cloudy", "blue sky"),
        "sea": ("sea", "ocean", "water", "beach", "waves", "lake"),
        "city": ("city", "skyline", "town", "street", "buildings", "urban", "downtown"),
        "desert": ("desert", "dunes", "sand", "sand dunes", "sandy"),
        "meadow": ("meadow", "hills", "grass", "field", "green hills", "grass field", "park", "lawn"),
    },
    "light": {
        "day": ("day", "daylight", "noon", "sunny", "bright", "midday", "morning", "daytime"),
        "dusk": ("dusk", "sunset", "evening", "sunrise", "dawn", "golden hour", "twilight"),
        "night": ("night", "dark", "moonlight", "midnight", "nighttime", "starry", "moonlit"),
    },
}  # fmt: skip
"""What people write beside the words of the captions; understood, but never seen in training."""

SAYING_ORDER = ("size", "colour", "shape", "motion", "ground", "light")
_CAPTION_WORDS = {
    "shape": NOUNS,
    "colour": COLOUR_WORDS,
    "size": SIZE_WORDS,
    "motion": MOTION_PHRASES,
    "ground": GROUND_PHRASES,
    "light": LIGHT_PHRASES,
}


def to_json() -> dict[str, object]:
    """Everything that a prompt may say, as `generators.understanding.Lexicon` reads it."""
    attributes = {
        name: {value: [*ways, *SPOKEN[name][value]] for value, ways in _CAPTION_WORDS[name].items()}
        for name in SAYING_ORDER
    }
    return {"attributes": attributes, "fallback": {"shape": "ball"}}
