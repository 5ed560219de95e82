"""Lucide's pictures. The package opens its archive of all of them for each one; here it is opened once."""

from functools import cache
from importlib import resources
from xml.etree import ElementTree
from zipfile import ZipFile

_SVG = "http://www.w3.org/2000/svg"


class NoSuchIcon(Exception):
    """A template asks for a picture that Lucide doesn't have: see lucide.dev/icons for its name."""


@cache
def _archive() -> ZipFile:
    return ZipFile(resources.files("lucide").joinpath("lucide.zip").open("rb"))


def load() -> None:
    """Read the archive's list, which takes a while: before the first page wants a picture."""
    _archive()


def draw(name: str, *, size: int, **attributes: str) -> str:
    """The <svg> of this picture, with these attributes besides its own. Raises NoSuchIcon."""
    try:
        svg = ElementTree.fromstring(_archive().read(f"{name}.svg"))
    except KeyError:
        raise NoSuchIcon(f"There is no picture called {name!r}.") from None
    for node in svg.iter():
        node.tag = node.tag.removeprefix(f"{{{_SVG}}}")
    svg.attrib.update(width=str(size), height=str(size), **attributes)
    return ElementTree.tostring(svg, encoding="unicode")
