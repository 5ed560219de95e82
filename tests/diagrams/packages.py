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
ROW, FOOT, LEFT, TOP = 84.0, 58.0, 130.0, 96.0


@dataclass(frozen=True)
class Structure:
    """Packages and modules ("dam.catalog"): each layer above those it may import, and the imports."""

    layers: tuple[tuple[str, ...], ...]
    packages: frozenset[str]  # the others are single modules
    imports: Mapping[str, frozenset[str]]


def read(folder: Path) -> Structure:
    configuration = tomllib.loads((folder / "pyproject.toml").read_text())["tool"]["importlinter"]
    roots = configuration["root_packages"]
    graph = grimp.build_graph(*roots, cache_dir=None)
    imports = _imports(graph)
    contracts = [contract for contract in configuration["contracts"] if contract["type"] == "layers"]
    order = next(contract["layers"] for contract in contracts if not contract.get("containers"))
    layers: list[tuple[str, ...]] = []
    for root in order:
        inside = {name: imports[name] for name in imports if name.partition(".")[0] == root}
        stated = [contract["layers"] for contract in contracts if root in contract.get("containers", ())]
        layers += _layers(root, stated[0] if stated else [], inside)
    return Structure(tuple(layers), _packages(graph, imports), imports)


def _imports(graph: grimp.ImportGraph) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for module in sorted(graph.modules):
        package = _package(module)
        if package is None:
            continue
        targets = found.setdefault(package, set())
        for imported in graph.find_modules_directly_imported_by(module):
            targets.add(_package(imported) or package)
    return {package: frozenset(targets - {package}) for package, targets in found.items()}


def _packages(graph: grimp.ImportGraph, names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if graph.find_children(name))


def _package(module: str) -> str | None:
    """The box that a module lies in: the package, or the module that lies in a root itself."""
    root, _, rest = module.partition(".")
    first = rest.partition(".")[0]
    return f"{root}.{first}" if first and first not in GLUE else None


def _layers(root: str, stated: Sequence[str], inside: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """As the contract states them; what it does not name lies right below the lowest that imports it."""
    named = [[f"{root}.{name.strip(' ()')}" for name in line.replace(":", "|").split("|")] for line in stated]
    rows = [row for row in ([name for name in names if name in inside] for names in named) if row]
    if not rows:
        return layering.by_imports(inside)
    for name in (name for row in layering.by_imports(inside) for name in row):
        ranks = {other: rank for rank, row in enumerate(rows) for other in row}
        if name in ranks:
            continue
        rank = max((ranks[other] + 1 for other in ranks if name in inside[other]), default=0)
        if rank == len(rows):
            rows.append([])
        rows[rank].append(name)
    return [tuple(row) for row in rows]


def arrows(structure: Structure) -> list[layering.Edge]:
    """Inside a root from box to box; to another, once for the whole root. None that others imply."""
    inside: dict[str, set[str]] = {name: set() for layer in structure.layers for name in layer}
    across: dict[str, set[str]] = {}
    for name, root in ((name, _root(name)) for name in list(inside)):
        for target in structure.imports[name] & inside.keys():
            (inside[name] if _root(target) == root else across.setdefault(root, set())).add(target)
    edges = layering.without_implied(inside)
    for root, targets in across.items():
        whole = inside | {other: set(reached) for other, reached in across.items()}
        whole |= {
            name: {*to, _root(name)} & whole.keys() for name, to in inside.items() if _root(name) != root
        }
        edges += [edge for edge in layering.without_implied(whole | {root: targets}) if edge[0] == root]
    return edges


def _root(name: str) -> str:
    return name.partition(".")[0]


def draw(structure: Structure) -> str:
    roots = list(dict.fromkeys(_root(name) for layer in structure.layers for name in layer))
    edges = arrows(structure)
    # The foot of each root, where its arrows to other roots begin, is a row of its own.
    rows = [
        row
        for root in roots
        for row in (*(layer for layer in structure.layers if _root(layer[0]) == root), (root,))
    ]
    ranks = {name: rank for rank, row in enumerate(rows) for name in row}
    placed = layering.place(ranks, edges, width=WIDTH)
    tops = [TOP]
    for row in rows:
        tops.append(tops[-1] + (FOOT if row[0] in roots else ROW))
    root_of = [_root(row[0]) for row in rows]
    lies = [(ranks[name], x) for name, x in placed.boxes.items()]
    lies += [bend for bends in placed.bends.values() for bend in bends]
    extent = {root: [x for rank, x in lies if root_of[rank] == root] for root in roots}
    widest = max(max(xs) - min(xs) for xs in extent.values())
    # Each root in the middle of the picture.
    shift = {root: LEFT + WIDTH / 2 + widest / 2 - (max(xs) + min(xs)) / 2 for root, xs in extent.items()}
    right = LEFT + widest + WIDTH + 40
    colours = {root: index for index, root in enumerate(roots)}
    boxes = {
        name: Rect(
            x + shift[_root(name)] - WIDTH / 2, tops[ranks[name]], WIDTH, 0 if name in roots else HEIGHT
        )
        for name, x in placed.boxes.items()
    }
    parts = []
    for root in roots:
        first = next(rank for rank, row in enumerate(rows) if _root(row[0]) == root)
        band = Rect(24, tops[first] - 18, right - 48, tops[ranks[root]] - tops[first] + 18)
        parts.append(svg.box(band, colour=colours[root], style="tint", radius=12))
        parts.append(svg.text(40, band.y + 26, root, style="name"))
    for (source, target), bends in placed.bends.items():
        passed = [
            (x + shift[root_of[rank]], tops[rank], 0 if rows[rank][0] in roots else HEIGHT)
            for rank, x in bends
        ]
        parts.append(_arrow(boxes[source], boxes[target], passed, colour=colours[_root(target)]))
    for name in structure.imports:
        style = "name" if name in structure.packages else ""
        rect = boxes[name]
        words = name.partition(".")[2]
        parts.append(svg.box(rect, colour=colours[_root(name)]))
        parts.append(svg.text(rect.middle, rect.y + HEIGHT / 2 + 5, words, style=style, anchor="middle"))
    return svg.document(
        width=right,
        height=tops[-1] + 24,
        title="What imports what",
        words="Imports point down. Packages in bold, single modules not. "
        "Arrows that others imply (a → b → c implies a → c) are left out.",
        parts=parts,
    )


def _arrow(start: Rect, end: Rect, passed: Sequence[tuple[float, float, float]], *, colour: int) -> str:
    """From the foot of one box to the head of another, upright through each row between (x, top, height)."""
    if start.y == end.y:
        sides = (start.right, end.x - 1) if start.x < end.x else (start.x, end.right + 1)
        return svg.arrow([(sides[0], start.y + HEIGHT / 2), (sides[1], end.y + HEIGHT / 2)], colour=colour)
    down = start.y < end.y
    points = [(start.middle, start.bottom if down else start.y)]
    for x, top, height in passed:
        edges = [(x, top), (x, top + height)]
        points += edges if down else edges[::-1]
    points.append((end.middle, end.y - 1 if down else end.bottom + 1))
    return svg.arrow(points, colour=colour, upright=True)
