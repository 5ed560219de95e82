"""The data model: tables grouped by package, foreign keys as arrows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tests.diagrams import svg
from tests.diagrams.svg import Point, Rect
from tests.diagrams.tables import Table

# Nearly every table points to a brand and a person: said in the row, drawn nowhere.
UNDRAWN = "dam.accounts"

WIDTH, ROW, HEADER = 268.0, 18.0, 28.0
GUTTER, GAP, PAD, TOP = 84.0, 18.0, 14.0, 84.0
GROUP_HEADER = 24.0
TALLEST = 1250.0  # a column that would grow taller is split


def draw(tables: Sequence[Table]) -> str:
    groups: dict[str, list[Table]] = defaultdict(list)
    for table in tables:
        groups[table.group].append(table)
    colours = {group: index for index, group in enumerate(groups)}
    columns = _columns(groups)
    boxes: dict[str, Rect] = {}
    frames: dict[str, Rect] = {}
    for number, column in enumerate(columns):
        x, y = 24 + PAD + number * (WIDTH + 2 * PAD + GUTTER), TOP
        for group in column:
            frames[group] = Rect(x - PAD, y, WIDTH + 2 * PAD, _group_height(groups[group]))
            y += GROUP_HEADER
            for table in groups[group]:
                boxes[table.name] = Rect(x, y, WIDTH, _height(table))
                y += _height(table) + GAP
            y = frames[group].bottom + 2 * GAP
    where = {group: number for number, column in enumerate(columns) for group in column}
    return svg.document(
        width=max(frame.right for frame in frames.values()) + 24,
        height=max(frame.bottom for frame in frames.values()) + 24,
        title="The data model",
        words="→ foreign key · (one) one to one · ⇉ many to many · ? may be empty · "
        "arrows to brands, people and memberships are left out",
        parts=[
            *(_frame(frame, group, colours[group]) for group, frame in frames.items()),
            *_arrows(tables, boxes, where, colours),
            *(part for table in tables for part in _drawn(table, boxes[table.name], colours[table.group])),
        ],
    )


def _height(table: Table) -> float:
    return HEADER + ROW * (len(table.rows) + bool(table.unshown)) + 10


def _group_height(tables: Iterable[Table]) -> float:
    return GROUP_HEADER + sum(_height(table) + GAP for table in tables) - GAP + PAD


def _columns(groups: dict[str, list[Table]]) -> list[list[str]]:
    """Groups from left to right, each to the right of those that it points to."""
    home = {table.name: group for group, tables in groups.items() for table in tables}
    points_to = {
        group: {home[row.target] for table in tables for row in table.rows if row.target in home} - {group}
        for group, tables in groups.items()
    }

    def depth(group: str, above: frozenset[str]) -> int:
        return max((1 + depth(to, above | {group}) for to in points_to[group] - above - {group}), default=0)

    depths = {group: depth(group, frozenset()) for group in groups}
    columns: list[list[str]] = []
    for level in sorted(set(depths.values())):
        filled = TALLEST
        for group in (group for group in groups if depths[group] == level):
            height = _group_height(groups[group]) + 2 * GAP
            if filled + height > TALLEST:
                columns.append([])
                filled = 0
            columns[-1].append(group)
            filled += height
    return columns


def _arrows(
    tables: Sequence[Table], boxes: dict[str, Rect], where: dict[str, int], colours: dict[str, int]
) -> list[str]:
    home = {table.name: table.group for table in tables}
    used: dict[tuple[int, float], int] = defaultdict(int)
    drawn = []
    for table in tables:
        for number, row in enumerate(table.rows):
            if row.target not in home or home[row.target] == UNDRAWN:
                continue
            group = home[row.target]
            source, target = boxes[table.name], boxes[row.target]
            y = source.y + HEADER + ROW * (number + 0.5) + 2
            end_y = target.y + HEADER / 2
            here, there = where[table.group], where[group]
            colour = colours[group]
            if here == there:
                reach = 26 + 5 * used[here, -1.0]
                used[here, -1.0] += 1
                drawn.append(
                    svg.bow((source.right, y), (target.right + 1, end_y), colour=colour, reach=reach)
                )
                continue
            forward = there > here
            points: list[Point] = [(source.right if forward else source.x, y)]
            for column in range(here + 1, there) if forward else range(here - 1, there, -1):
                points += _through(column, points[-1][1], end_y, boxes, home, where, used, forward=forward)
            points.append((target.x - 1 if forward else target.right + 1, end_y))
            drawn.append(svg.arrow(points, colour=colour))
    return drawn


def _through(
    column: int,
    y: float,
    end_y: float,
    boxes: dict[str, Rect],
    home: dict[str, str],
    where: dict[str, int],
    used: dict[tuple[int, float], int],
    *,
    forward: bool,
) -> list[Point]:
    """Across a column between two of its tables, where it is the shortest way; no two on one line."""
    inside = sorted(
        (box for name, box in boxes.items() if where[home[name]] == column), key=lambda box: box.y
    )
    free = [inside[0].y - GROUP_HEADER - GAP / 2, *(box.bottom + GAP / 2 for box in inside)]
    gap = min(free, key=lambda at: (abs(at - y) + abs(at - end_y), at))
    lane = used[column, gap]
    used[column, gap] += 1
    at = gap + (lane + 1) // 2 * 4 * (1 if lane % 2 else -1)
    left, right = inside[0].x - PAD, inside[0].right + PAD
    return [(left, at), (right, at)] if forward else [(right, at), (left, at)]


def _frame(rect: Rect, group: str, colour: int) -> str:
    label = svg.text(rect.x + PAD, rect.y + 17, group, style="soft")
    return svg.box(rect, colour=colour, style="tint", radius=10) + label


def _drawn(table: Table, rect: Rect, colour: int) -> list[str]:
    parts = [
        svg.box(rect, colour=colour),
        svg.text(rect.x + 12, rect.y + 19, table.name, style="name"),
        svg.rule(rect.x, rect.right, rect.y + HEADER),
    ]
    for number, row in enumerate(table.rows):
        y = rect.y + HEADER + ROW * (number + 1) - 2
        parts.append(svg.text(rect.x + 12, y, row.name))
        parts.append(svg.text(rect.right - 12, y, row.kind, style="" if row.target else "soft", anchor="end"))
    if table.unshown:
        y = rect.y + HEADER + ROW * (len(table.rows) + 1) - 2
        parts.append(svg.text(rect.x + 12, y, f"and {table.unshown} more", style="soft"))
    return parts
