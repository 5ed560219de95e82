"""The words of the world: how each attribute is said in a caption, and what people say instead."""

import json
import random
from pathlib import Path

from generation.previz.world import scenes

NOUNS: dict[str, tuple[str, ...]] = {
    "ball": ("ball", "sphere", "orb"),
    "cube": ("cube", "block"),
    "box": ("box", "parcel", "carton"),
    "bottle": ("bottle", "flask"),
    "can": ("can", "tin"),
    "cup": ("cup", "mug"),
    "ring": ("ring", "hoop", "donut"),
    "star": ("star",),
    "heart": ("heart",),
    "leaf": ("leaf",),
    "phone": ("phone", "smartphone"),
    "shoe": ("shoe", "boot", "sneaker"),
    "balloon": ("balloon",),
    "car": ("car", "automobile"),
    "bird": ("bird",),
    "mark": ("logo", "emblem", "brand mark"),
}
COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "red": ("red", "crimson", "scarlet"),
    "orange": ("orange",),
    "yellow": ("yellow", "golden"),
    "green": ("green",),
    "teal": ("teal", "turquoise", "cyan"),
    "blue": ("blue",),
    "purple": ("purple", "violet"),
    "pink": ("pink",),
    "white": ("white",),
    "black": ("black",),
}
MATERIAL_WORDS: dict[str, tuple[str, ...]] = {
    "matte": ("matte", "dull"),
    "glossy": ("glossy", "shiny"),
    "metal": ("metal", "metallic", "chrome"),
    "glass": ("glass", "transparent"),
}
SIZE_WORDS: dict[str, tuple[str, ...]] = {
    "small": ("small", "little", "tiny"),
    "medium": ("medium", "medium-sized"),
    "large": ("large", "big", "huge"),
}
COUNT_WORDS: dict[str, tuple[str, ...]] = {
    "none": ("an empty view", "an empty scene", "a landscape"),
    "one": ("a", "one", "a single"),
    "two": ("two", "a pair of"),
    "three": ("three",),
}
MOTION_PHRASES: dict[str, tuple[str, ...]] = {
    "left": ("moving left", "sliding to the left", "drifting left", "gliding to the left"),
    "right": ("moving right", "sliding to the right", "drifting right", "gliding to the right"),
    "up": ("rising", "moving up", "floating up", "going upwards"),
    "down": ("falling", "moving down", "sinking", "coming downwards"),
    "turn": ("turning", "rotating", "spinning", "turning around"),
    "bounce": ("bouncing", "hopping", "jumping"),
    "bounce left": ("bouncing left", "hopping to the left", "jumping left"),
    "bounce right": ("bouncing right", "hopping to the right", "jumping right"),
    "orbit": ("circling", "orbiting", "going round in a circle"),
    "grow": ("growing", "getting bigger", "growing larger", "expanding"),
    "pour": ("pouring", "tipping over and pouring", "being poured"),
    "still": ("standing still", "resting", "not moving", "still"),
}
GROUND_PHRASES: dict[str, tuple[str, ...]] = {
    "table": ("on a wooden table", "on a table", "on a desk"),
    "pedestal": ("on a pedestal", "on a white pedestal", "on a plinth", "on a stage"),
    "studio": ("in a studio", "on a studio sweep", "on a plain background"),
    "sky": ("in the sky", "among clouds", "in a cloudy sky"),
    "sea": ("over the sea", "by the ocean", "above the water"),
    "desert": ("in a desert", "over sand dunes", "in the dunes"),
    "city": ("in a city", "before a skyline", "in front of city buildings"),
    "grid": ("on a grid", "in a grid room", "in front of a grid"),
    "gradient": ("on a gradient", "in front of a gradient", "on a colour gradient"),
    "meadow": ("on a meadow", "over green hills", "on a grass field"),
}
LIGHT_PHRASES: dict[str, tuple[str, ...]] = {
    "day": ("by day", "in daylight", "at noon", "in bright light"),
    "dusk": ("at dusk", "at sunset", "in the evening"),
    "night": ("at night", "in the dark", "by moonlight"),
}
CAMERA_PHRASES: dict[str, tuple[str, ...]] = {
    "static": ("static shot", "fixed camera", "locked-off shot"),
    "pan left": ("panning left", "slow pan left", "camera panning to the left"),
    "pan right": ("panning right", "slow pan right", "camera panning to the right"),
    "tilt up": ("tilting up", "camera tilting upwards", "slow tilt up"),
    "tilt down": ("tilting down", "camera tilting downwards", "slow tilt down"),
    "zoom in": ("zooming in", "slow zoom in", "camera moving closer"),
    "zoom out": ("zooming out", "slow zoom out", "camera pulling back"),
}
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "count": COUNT_WORDS,
    "size": SIZE_WORDS,
    "colour": COLOUR_WORDS,
    "material": MATERIAL_WORDS,
    "shape": NOUNS,
    "motion": MOTION_PHRASES,
    "ground": GROUND_PHRASES,
    "light": LIGHT_PHRASES,
    "camera": CAMERA_PHRASES,
}
"""Every attribute in the order in which it is said; each value with its ways to be said, plainest first."""


def pick(table: dict[str, tuple[str, ...]], value: str, chance: random.Random) -> str:
    """One way to say `value`; the first, plainest one half of the time."""
    words = table[value]
    return words[0] if chance.random() < 0.5 else chance.choice(words)


def plural(noun: str) -> str:
    """More than one of a noun of the world."""
    if noun.endswith("leaf"):
        return f"{noun[:-1]}ves"
    return f"{noun}es" if noun.endswith("x") else f"{noun}s"


SPOKEN: dict[str, dict[str, tuple[str, ...]]] = {
    "count": {
        "none": ("empty", "empty view", "empty scene", "landscape", "nothing", "background only",
                 "establishing shot"),
        "one": ("single", "1"),
        "two": ("2", "pair", "pair of", "couple of", "double"),
        "three": ("3", "trio of", "trio", "several", "a few", "few"),
    },
    "shape": {
        "ball": ("globe", "bubble", "football", "basketball", "marble", "pearl", "planet"),
        "cube": ("dice", "die"),
        "box": ("package", "packaging", "crate", "chest", "gift box", "gift", "present"),
        "bottle": ("perfume", "vial", "wine", "flacon", "perfume bottle", "water bottle"),
        "can": ("soda", "drink", "cylinder", "soda can", "tin can", "beer can", "beverage"),
        "cup": ("coffee", "coffee cup", "teacup", "tea", "coffee mug"),
        "ring": ("torus", "doughnut", "wheel", "lifebuoy"),
        "star": ("starfish",),
        "heart": ("love heart",),
        "leaf": ("feather", "foliage", "leaf of a tree"),
        "phone": ("mobile", "mobile phone", "cell phone", "cellphone", "iphone", "handset", "tablet"),
        "shoe": ("trainer", "footwear", "trainers", "running shoe"),
        "balloon": ("hot air balloon", "party balloon"),
        "car": ("vehicle", "taxi", "sedan", "cab"),
        "bird": ("dove", "sparrow", "duck", "seagull", "pigeon"),
        "mark": ("cross", "sign", "symbol", "logo mark", "plus", "plus sign", "brand logo"),
    },
    "colour": {
        "red": ("ruby", "cherry", "dark red", "light red", "bright red", "deep red"),
        "orange": ("amber", "tangerine", "dark orange", "light orange", "bright orange", "deep orange"),
        "yellow": ("gold", "lemon", "dark yellow", "light yellow", "bright yellow", "deep yellow"),
        "green": ("emerald", "lime", "dark green", "light green", "bright green", "deep green"),
        "teal": ("aqua", "petrol", "aquamarine"),
        "blue": ("azure", "navy", "cobalt", "dark blue", "light blue", "bright blue", "deep blue"),
        "purple": ("lilac", "lavender", "magenta", "dark purple", "light purple", "bright purple",
                   "deep purple"),
        "pink": ("rose", "rosy", "salmon", "dark pink", "light pink", "bright pink", "deep pink"),
        "white": ("pale", "ivory", "cream"),
        "black": ("ebony", "charcoal"),
    },
    "material": {
        "matte": ("matt", "rubber", "plastic", "clay", "ceramic", "paper", "cardboard"),
        "glossy": ("gloss", "polished", "lacquered", "gleaming"),
        "metal": ("steel", "silver", "aluminium", "aluminum", "iron", "brass", "mirrored"),
        "glass": ("crystal", "see-through", "clear", "translucent"),
    },
    "size": {
        "small": ("mini", "smaller"),
        "medium": ("medium sized", "normal", "mid-sized"),
        "large": ("giant", "larger", "bigger", "enormous"),
    },
    "motion": {
        "left": ("left", "to the left", "leftwards", "moves left", "moving to the left", "slides left",
                 "sliding left", "drifts left", "flying left", "rolling left", "rolls left", "drives left",
                 "driving left", "from right to left", "glides left", "gliding left", "driving to the left"),
        "right": ("right", "to the right", "rightwards", "moves right", "moving to the right", "slides right",
                  "sliding right", "drifts right", "flying right", "rolling right", "rolls right",
                  "driving", "drives", "drives right", "driving right", "driving to the right", "moving",
                  "from left to right", "glides right", "gliding right", "passing by", "flying", "flies"),
        "up": ("up", "upwards", "rises", "ascending", "lifting", "floats up", "flying up", "moves up",
               "going up", "moving upwards", "floating", "floats", "taking off", "levitating", "lifts off"),
        "down": ("down", "downwards", "falls", "dropping", "drops", "descending", "landing", "sinks",
                 "moves down", "going down", "falling down", "moving downwards", "fall", "drop"),
        "turn": ("turns", "rotates", "spins", "rotate", "spin", "rotation", "whirling", "revolving",
                 "twirling", "slowly turning", "turning slowly", "slowly rotating", "turntable", "turn",
                 "rolling", "slowly spinning", "360"),
        "bounce": ("bounces", "hops", "jumps", "bounce", "jump", "bouncy", "bouncing up and down"),
        "bounce left": ("bouncing to the left", "bounces left", "bounces to the left", "hops left",
                        "hopping left", "jumping to the left"),
        "bounce right": ("bouncing to the right", "bounces right", "bounces to the right", "hops right",
                         "hopping right", "jumping to the right", "bouncing along"),
        "orbit": ("orbits", "circles", "in circles", "in a circle", "orbit", "going round"),
        "grow": ("grows", "grow", "swelling", "inflating", "expands", "becoming bigger", "enlarging"),
        "pour": ("pours", "pour", "spilling", "spills", "tipping over", "tips over", "being emptied"),
        "still": ("motionless", "stationary", "standing", "stands", "rests", "sitting", "lying", "sits",
                  "unmoving", "stays still", "static object"),
    },
    "ground": {
        "table": ("table", "wooden table", "desk", "tabletop", "on wood", "wooden floor", "kitchen"),
        "pedestal": ("pedestal", "white pedestal", "plinth", "podium", "stage", "platform", "pillar"),
        "studio": ("studio", "plain background", "white background", "black background", "grey background",
                   "gray background", "backdrop", "studio background", "studio sweep", "plain"),
        "sky": ("sky", "clouds", "cloudy sky", "cloud", "air", "cloudy", "blue sky", "clear sky",
                "clear blue sky", "through the sky", "mid-air", "midair"),
        "sea": ("sea", "ocean", "water", "beach", "waves", "lake", "seaside", "coast"),
        "desert": ("desert", "dunes", "sand", "sand dunes", "sandy"),
        "city": ("city", "skyline", "town", "street", "buildings", "urban", "downtown", "city skyline",
                 "down the road", "down the street", "down the highway"),
        "grid": ("grid", "blueprint", "wireframe", "squares", "lines", "grid background", "retro grid"),
        "gradient": ("gradient", "colour gradient", "gradient background", "abstract background"),
        "meadow": ("meadow", "hills", "grass", "field", "green hills", "rolling hills", "grass field", "park",
                   "lawn", "garden", "nature", "countryside"),
    },
    "light": {
        "day": ("day", "daylight", "noon", "sunny", "bright", "midday", "morning", "daytime"),
        "dusk": ("dusk", "sunset", "evening", "sunrise", "dawn", "golden hour", "twilight"),
        "night": ("night", "dark", "moonlight", "midnight", "nighttime", "starry", "moonlit"),
    },
    "camera": {
        "static": ("static", "static camera", "tripod", "still camera", "camera still", "still shot"),
        "pan left": ("pan left", "pans left", "pan to the left", "camera pans left", "panning to the left",
                     "slow pan to the left", "camera moves left", "camera moving left"),
        "pan right": ("pan right", "pans right", "pan to the right", "camera pans right", "pan", "slow pan",
                      "panning to the right", "slow pan to the right", "camera moves right", "panning",
                      "camera moving right", "camera pan"),
        "tilt up": ("tilt up", "tilts up", "camera tilts up", "tilt", "camera tilt", "camera moves up"),
        "tilt down": ("tilt down", "tilts down", "camera tilts down", "camera moves down"),
        "zoom in": ("zoom in", "zoom", "slow zoom", "zooms in", "push in", "dolly in", "camera zooms in",
                    "zooming", "pushing in", "close-up", "camera zoom", "slowly zooming in", "slow push in"),
        "zoom out": ("zoom out", "zooms out", "pull back", "dolly out", "camera zooms out", "pulling back",
                     "pulling out", "slowly zooming out"),
    },
}  # fmt: skip
"""What people write beside the words of the captions; understood, but never seen in training."""


NEIGHBOURS = Path(__file__).parent / "neighbours.json"
"""Words close to these, and words that only look like them: written by `previz.neighbours`."""


def to_json() -> dict[str, object]:
    """Everything that a prompt may say, as `generators.prompt_parser.Lexicon` reads it."""
    attributes = {}
    for name, table in WORDS.items():
        attributes[name] = {
            # A lone "a" tells nothing of a count.
            value: [*(way for way in ways if way != "a"), *SPOKEN[name][value]]
            for value, ways in table.items()
        }
    for value, ways in attributes["shape"].items():
        attributes["shape"][value] = [*ways, *(plural(way) for way in ways)]
    return {
        "attributes": attributes,
        "many": ["two", "three"],
        "plurals": {value: plural(ways[0]) for value, ways in NOUNS.items()},
        "of_the_place": list(scenes.OF_THE_PLACE),
        "fallback": {
            "count": "one",
            "size": "large",
            "shape": "ball",
            "motion": "turn",
            "ground": "studio",
            "light": "day",
            "camera": "static",
        },
        "empty": {"count": "none", "ground": "sky", "light": "day", "camera": "static"},
        **json.loads(NEIGHBOURS.read_text(encoding="utf-8")),
    }
