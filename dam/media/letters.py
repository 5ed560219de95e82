"""What FFmpeg needs beside it to draw words: the script of them, and where the sandbox finds letters."""

import shutil
from pathlib import Path

from dam.media import commands

FONTS = tuple(Path(__file__).parent / "fonts" / name for name in ("Inter.ttf", "Labels.otf"))
# Where the sandbox may look for letters that ours has not.
FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>/usr/share/fonts</dir><cachedir>cache</cachedir></fontconfig>"""


def lay(folder: Path, script: str) -> dict[str, str]:
    """Put a script of Advanced SubStation Alpha and our fonts into FFmpeg's folder.

    What it needs in its environment comes back.
    """
    write(folder / commands.WORDS, script)
    fonts = folder / commands.FONTS
    fonts.mkdir()
    fonts.chmod(0o755)  # as nobody
    for font in FONTS:
        shutil.copyfile(font, fonts / font.name)
        (fonts / font.name).chmod(0o644)
    write(folder / "fonts.conf", FONTS_CONF)
    return {"FONTCONFIG_FILE": str(folder / "fonts.conf")}


def write(path: Path, text: str) -> None:
    """A file that whoever FFmpeg runs as can read."""
    path.write_text(text, "utf-8")
    path.chmod(0o644)
