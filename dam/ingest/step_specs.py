"""The steps a version goes through: its renditions (dam.media.specs), and what else is found out about it."""

from dataclasses import dataclass
from datetime import timedelta

from dam.catalog.models import Version
from dam.core.lazily import lazy
from dam.media import specs
from dam.media.probe import Kind
from dam.media.specs import MadeWhen, RenditionSpec


@dataclass(frozen=True)
class StepSpec:
    """A step: its name, its task, its title, and how long it may run before it counts as lost.

    By task name alone: some of the tasks live above this package (a test checks that each exists).
    """

    name: str
    task: str
    title: str
    limit: timedelta
    kind: str = ""  # of the rendition that it makes
    on_arrival: bool = True
    after: tuple[str, ...] = ()  # steps that must have ended before, well or badly
    # A version is ready without it, and one from before there was this step gets it in the background.
    quiet: bool = False
    catches_up: bool = True  # where it is quiet; else older versions get it when somebody asks
    least_ms: int = 0  # shorter masters get it when somebody asks
    of: tuple[Kind, ...] = tuple(Kind)  # the kinds of master that go through it


OTHERS = (
    StepSpec(
        "embed",
        "index.embed",
        lazy("Visual search"),
        timedelta(minutes=40),
        after=("frames",),
        of=specs.SEEN,
    ),
    StepSpec(
        "speech",
        "recognition.listen",
        lazy("Transcript"),
        timedelta(hours=4),
        quiet=True,
        of=(Kind.VIDEO, Kind.SOUND),
    ),
    StepSpec(
        "loudness",
        "footage.loudness",
        lazy("Loudness"),
        timedelta(hours=2),
        quiet=True,
        of=(Kind.VIDEO, Kind.SOUND),
    ),
    StepSpec(
        "written",
        "recognition.read",
        lazy("On-screen text"),
        timedelta(hours=2),
        after=("frames",),
        quiet=True,
        of=specs.SEEN,
    ),
    StepSpec(
        "tags",
        "index.suggest_tags",
        lazy("Suggested tags"),
        timedelta(minutes=10),
        after=("embed",),
        quiet=True,
        of=specs.SEEN,
    ),
    StepSpec(
        "duplicates",
        "index.find_duplicates",
        lazy("Near duplicates"),
        timedelta(minutes=10),
        after=("poster", "sprite"),
        quiet=True,
        of=specs.SEEN,
    ),
    StepSpec("credentials", "sign.check_credentials", lazy("Credentials"), timedelta(minutes=20)),
    StepSpec(
        "quality",
        "footage.measure",
        lazy("Quality of the review proxy"),
        timedelta(hours=6),
        after=("proxy",),
        quiet=True,
        of=(Kind.VIDEO,),
    ),
)


def table() -> tuple[StepSpec, ...]:
    """Every step, in the order in which pages show them."""
    return (*(_of_rendition(spec) for spec in specs.RENDITIONS), *OTHERS)


def places_of(kind: str) -> dict[str, int]:
    """The steps that a master of this kind goes through, by name, and their places in the table."""
    return {spec.name: place for place, spec in enumerate(table()) if kind in spec.of}


def first_of(version: Version) -> list[tuple[int, StepSpec]]:
    """The steps that a new version has, with their places; some wait until somebody asks."""
    length = version.duration_ms or 0
    return [
        (place, spec)
        for place, spec in enumerate(table())
        if version.kind in spec.of and length >= spec.least_ms
    ]


def asked_for(version: Version) -> list[tuple[int, StepSpec]]:
    """The steps, with their places, that it gets when somebody asks, though it never had them."""
    return [(place, spec) for place, spec in first_of(version) if not spec.catches_up]


def caught_up() -> frozenset[str]:
    """The steps that versions from before there were some get in the background."""
    return frozenset(spec.name for spec in table() if spec.quiet and spec.on_arrival and spec.catches_up)


def find(name: str) -> StepSpec | None:
    return next((spec for spec in table() if spec.name == name), None)


def quiet() -> frozenset[str]:
    return frozenset(spec.name for spec in table() if spec.quiet)


def title_of(name: str) -> str:
    """What the step does, for people; its name when an earlier release knew it and this one doesn't."""
    spec = find(name)
    return spec.title if spec else name


def _of_rendition(spec: RenditionSpec) -> StepSpec:
    return StepSpec(
        spec.kind,
        f"{spec.lane}.render",
        spec.title,
        spec.limit,
        kind=spec.kind,
        on_arrival=spec.made is MadeWhen.ON_ARRIVAL,
        after=spec.after,
        quiet=spec.quiet,
        catches_up=spec.catches_up,
        least_ms=spec.least_ms,
        of=spec.of,
    )
