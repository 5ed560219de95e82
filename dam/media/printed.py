"""What FFmpeg and the decoder print: how far it is, and the last of it for those who look after a clip."""

import re
from collections.abc import Iterator

from dam.core.sandbox import Output

MOST = 4000  # characters
_PLACE = re.compile(r"(?<![\w./…])/(?:[\w.+@=-]+/)*[\w.+@=-]+")


def tail(text: str) -> str:
    """What can be shown of it: no place of the server, nothing that a terminal would obey."""
    shown = _PLACE.sub("…", text.replace("\r", "\n"))
    lines = ("".join(each for each in line if each.isprintable()).rstrip() for line in shown.split("\n"))
    return "\n".join(line for line in lines if line)[-MOST:]


def frames(output: Output) -> Iterator[int]:
    """How many frames FFmpeg has written, each time it says so (commands.told)."""
    while line := output.readline(1024):
        name, _equals, value = line.decode(errors="replace").strip().partition("=")
        if name == "frame" and value.strip().isdecimal():
            yield int(value)
