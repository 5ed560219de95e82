"""The download presets that every brand begins with. Pure."""

from dam.core.language import noop
from dam.media.presets import Format, Recipe, Shape

# Which, the name they begin with, and how they are made; in the order in which pages offer them.
SHIPPED: tuple[tuple[str, str, Recipe], ...] = (
    ("landscape", noop("Landscape 16:9"), Recipe(shape=Shape.LANDSCAPE, longest_side=1920, loudness=-14)),
    ("square", noop("Square 1:1"), Recipe(shape=Shape.SQUARE, longest_side=1080, loudness=-14)),
    ("portrait", noop("Portrait 9:16"), Recipe(shape=Shape.PORTRAIT, longest_side=1920, loudness=-14)),
    ("feed", noop("Feed 4:5"), Recipe(shape=Shape.FEED, longest_side=1280, loudness=-14)),
    ("small", noop("Small file"), Recipe(longest_side=960, most_kbps=1500)),
    ("hevc", noop("HEVC"), Recipe(format=Format.HEVC)),
    ("av1", noop("AV1"), Recipe(format=Format.AV1)),
    ("vp9", noop("VP9"), Recipe(format=Format.VP9)),
    ("broadcast", noop("ProRes for editing"), Recipe(format=Format.PRORES, loudness=-23)),
    ("gif", noop("GIF"), Recipe(format=Format.GIF, longest_side=480)),
    ("webp", noop("Animated WebP"), Recipe(format=Format.WEBP, longest_side=640)),
    ("avif", noop("Animated AVIF"), Recipe(format=Format.AVIF, longest_side=640)),
    ("still", noop("Still picture"), Recipe(format=Format.JPEG)),
    ("png", noop("Still picture, lossless"), Recipe(format=Format.PNG)),
    ("mp3", noop("MP3"), Recipe(format=Format.MP3, loudness=-16)),
    ("wav", noop("WAV"), Recipe(format=Format.WAV)),
)
