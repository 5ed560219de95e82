"""The structure: packages in the layers of import-linter's contracts, and what imports what."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import grimp

from tests.diagrams import layering, svg
from tests.diagrams.svg import Rect

# What Django, Celery and ASGI want beside the packages: it imports everything or is imported by everything.
GLUE = {
    "apps",
    "asgi",
    "celery",
    "environment",
    "management",
    "migrations",
    "models",
    "settings",
    "static",
    "urls",
}

WIDTH, HEIGHT = 172.0, 44.0
ROW, LEFT, TOP, BAND_GAP = 84.0, 130.0, 96.0, 26.0


@dataclass(frozen=True)
class Structure:
    """Packages by name ("dam.catalog"), each layer above those it may import, and the imports themselves."""

    layers: tuple[tuple[str, ...], ...]
    imports: Mapping[str, frozenset[str]]


def read(folder: Path) -> Structure:
    configuration = tomllib.loads((folder / "pyproject.toml").read_text())["tool"]["importlinter"]
    roots = configuration["root_packages"]
    imports = _imports(grimp.build_graph(*roots, cache_dir=None))
    contracts = [contract for contract in configuration["contracts"] if contract["type"] == "layers"]
    order = next(contract["layers"] for contract in contracts if not contract.get("containers"))
    layers: list[tuple[str, ...]] = []
    for root in order:
        inside = {name: imports[name] for name in imports if name.partition(".")[0] == root}
        stated = [contract["layers"] for contract in contracts if root in contract.get("containers", ())]
        layers += _layers(root, stated[0] if stated else [], inside)
    return Structure(tuple(layers), imports)


def _imports(graph: grimp.ImportGraph) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for module in sorted(graph.modules):
        package = _package(module, graph)
        if package is None:
            continue
        targets = found.setdefault(package, set())
        for imported in graph.find_modules_directly_imported_by(module):
            targets.add(_package(imported, graph) or package)
    return {package: frozenset(targets - {package}) for package, targets in found.items()}


def _package(module: str, graph: grimp.ImportGraph) -> str | None:
    """The box that a module lies in; modules of a root itself share one, named like the root."""
    root, _, rest = module.partition(".")
    first = rest.partition(".")[0]
    if not first or first in GLUE:
        return None
    name = f"{root}.{first}"
    return name if graph.find_children(name) else f"{root}.*"


def _layers(root: str, stated: Sequence[str], inside: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """As the contract states them; packages it does not name lie where their imports put them."""
    rows = [
        tuple(f"{root}.{name.strip(' ()')}" for name in line.replace(":", "|").split("|")) for line in stated
    ]
    rows = [tuple(name for name in row if name in inside) for row in rows]
    named = {name for row in rows for name in row}
    if not named:
        return layering.by_imports(inside)
    return [row for row in rows if row] + layering.by_imports(
        {name: targets for name, targets in inside.items() if name not in named}
    )


def draw(structure: Structure) -> str:
    ranks = {name: rank for rank, layer in enumerate(structure.layers) for name in layer}
    arrows = layering.without_implied({name: structure.imports[name] for name in ranks})
    placed = layering.place(ranks, arrows, width=WIDTH)
    roots = list(dict.fromkeys(name.partition(".")[0] for name in ranks))
    rank_root = [layer[0].partition(".")[0] for layer in structure.layers]
    tops = [TOP + ROW * rank + BAND_GAP * roots.index(root) for rank, root in enumerate(rank_root)]
    shift = LEFT - min(placed.boxes.values()) + WIDTH / 2
    right = max(placed.boxes.values()) + shift + WIDTH / 2 + 40
    colours = {root: index for index, root in enumerate(roots)}
    boxes = {
        name: Rect(x + shift - WIDTH / 2, tops[ranks[name]], WIDTH, HEIGHT)
        for name, x in placed.boxes.items()
    }
    parts = []
    for root in roots:
        rows = [top for top, name in zip(tops, rank_root, strict=True) if name == root]
        band = Rect(24, rows[0] - 18, right - 48, rows[-1] - rows[0] + HEIGHT + 36)
        parts.append(svg.box(band, colour=colours[root], style="tint", radius=12))
        parts.append(svg.text(40, band.y + 26, root, style="name"))
    for (source, target), bends in placed.bends.items():
        start, end = boxes[source], boxes[target]
        colour = colours[target.partition(".")[0]]
        if start.y == end.y:
            sides = (start.right, end.x - 1) if start.x < end.x else (start.x, end.right + 1)
            parts.append(
                svg.arrow([(sides[0], start.y + HEIGHT / 2), (sides[1], end.y + HEIGHT / 2)], colour=colour)
            )
            continue
        points = [(start.middle, start.bottom)]
        for rank, x in bends:
            points += [(x + shift, tops[rank]), (x + shift, tops[rank] + HEIGHT)]
        points.append((end.middle, end.y - 1))
        parts.append(svg.arrow(points, colour=colour, upright=True))
    for name, rect in boxes.items():
        root, _, package = name.partition(".")
        parts.append(svg.box(rect, colour=colours[root]))
        words = f"{root}'s modules" if package == "*" else package
        parts.append(svg.text(rect.middle, rect.y + HEIGHT / 2 + 5, words, style="name", anchor="middle"))
    return svg.document(
        width=right,
        height=tops[-1] + HEIGHT + 42,
        title="What imports what",
        words="Imports point down. An arrow that others imply (a → b → c implies a → c) is left out.",
        parts=parts,
    )
