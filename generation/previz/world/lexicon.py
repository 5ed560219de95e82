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
