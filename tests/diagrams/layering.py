"""Where the boxes of a layered graph lie, so that few arrows cross. Pure and without chance."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Edge = tuple[str, str]
SWEEPS = 24
SPACE = 36.0  # between boxes
LANE = 26.0  # what an arrow takes that passes a row


@dataclass(frozen=True)
class Placed:
    boxes: dict[str, float]  # the middle of each, from left to right
    bends: dict[Edge, tuple[tuple[int, float], ...]]  # for each row that an arrow passes: the row, and where


def by_imports(graph: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Layers in which each name lies above what it points to; a circle is cut somewhere."""

    def depth(name: str, above: frozenset[str]) -> int:
        inside = sorted(set(graph[name]) & set(graph) - above - {name})
        return max((1 + depth(target, above | {name}) for target in inside), default=0)

    depths = {name: depth(name, frozenset()) for name in graph}
    return [
        tuple(sorted(name for name in graph if depths[name] == level))
        for level in sorted(set(depths.values()), reverse=True)
    ]


def without_implied(graph: Mapping[str, Iterable[str]]) -> list[Edge]:
    """The edges, less those that lead where other edges lead too, by a longer way."""
    left = {name: {target for target in targets if target in graph} for name, targets in graph.items()}
    for name, target in sorted((name, target) for name, targets in left.items() for target in targets):
        # One after the other: in a circle each edge is implied by others, and not all may go.
        left[name].remove(target)
        if not _reaches(left, name, target):
            left[name].add(target)
    return sorted((name, target) for name, targets in left.items() for target in targets)


def _reaches(graph: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        new = graph[waiting.pop()] - seen
        if end in new:
            return True
        seen |= new
        waiting += new
    return False


def place(ranks: Mapping[str, int], edges: Iterable[Edge], *, width: float) -> Placed:
    """Rows from 0 at the top. An arrow over several rows gets a bend in each, and room for it."""
    rows: dict[int, list[str]] = defaultdict(list)
    for name in sorted(ranks, key=lambda name: (ranks[name], name)):
        rows[ranks[name]].append(name)
    chains: dict[Edge, list[str]] = {}
    neighbours: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        low, high = sorted((ranks[source], ranks[target]))
        between = [f"{source}>{target}@{rank}" for rank in range(low + 1, high)]
        for rank, bend in enumerate(between, start=low + 1):
            rows[rank].append(bend)
        chain = between if ranks[source] < ranks[target] else between[::-1]
        chains[source, target] = chain
        path = [source, *chain, target]
        for one, other in itertools.pairwise(path):
            neighbours[one].append(other)
            neighbours[other].append(one)
    widths = {name: width if name in ranks else 0.0 for row in rows.values() for name in row}
    at = _start(rows, widths)
    for sweep in range(SWEEPS):
        order = sorted(rows, reverse=bool(sweep % 2))
        for rank in order:
            _settle(rows[rank], at, neighbours, widths)
    return Placed(
        boxes={name: at[name] for name in ranks},
        bends={
            edge: tuple((int(bend.rpartition("@")[2]), at[bend]) for bend in chain)
            for edge, chain in chains.items()
        },
    )


def _start(rows: Mapping[int, list[str]], widths: Mapping[str, float]) -> dict[str, float]:
    at = {}
    for row in rows.values():
        x = 0.0
        for name in row:
            at[name] = x + widths[name] / 2
            x += widths[name] + SPACE
        for name in row:
            at[name] -= x / 2
    return at


def _settle(
    row: list[str],
    at: dict[str, float],
    neighbours: Mapping[str, list[str]],
    widths: Mapping[str, float],
) -> None:
    """Each where its neighbours are, on average, as near as the others in the row let it."""
    wanted = {
        name: sum(at[other] for other in neighbours[name]) / len(neighbours[name])
        if neighbours[name]
        else at[name]
        for name in row
    }
    row.sort(key=lambda name: (wanted[name], name))
    # Blocks that would overlap are joined and share the mean of what their members want.
    blocks: list[list[str]] = []
    for name in row:
        blocks.append([name])
        while len(blocks) > 1 and _left(blocks[-1], wanted, widths) < _right(blocks[-2], wanted, widths):
            last = blocks.pop()
            blocks[-1] += last
    for block in blocks:
        x = _left(block, wanted, widths)
        for name in block:
            room = _room(name, widths)
            at[name] = x + room / 2
            x += room


def _room(name: str, widths: Mapping[str, float]) -> float:
    return widths[name] + SPACE if widths[name] else LANE


def _left(block: list[str], wanted: Mapping[str, float], widths: Mapping[str, float]) -> float:
    """Where a block begins whose members lie side by side, so that all together they move least."""
    x, total = 0.0, 0.0
    for name in block:
        room = _room(name, widths)
        total += wanted[name] - (x + room / 2)
        x += room
    return total / len(block)


def _right(block: list[str], wanted: Mapping[str, float], widths: Mapping[str, float]) -> float:
    return _left(block, wanted, widths) + sum(_room(name, widths) for name in block)
