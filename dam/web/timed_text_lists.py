"""What is said and written in a version, for its page: lines to play from, or why there are none."""

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import failures
from dam.core.language import number
from dam.core.lazily import lazy
from dam.ingest import step_specs
from dam.ingest.models import Step, StepState
from dam.search import timed_texts
from dam.search.models import TimedTextKind
from dam.web import timecode

MOST = 2000  # lines on one page


@dataclass(frozen=True)
class TextLine:
    start_ms: int
    frame: int  # of the review timeline
    text: str


@dataclass(frozen=True)
class TextList:
    kind: TimedTextKind
    title: str
    icon: str
    lines: tuple[TextLine, ...]
    remark: str  # on what is or isn't there


# The step that finds each kind, and what people read while it hasn't run.
KINDS = (
    (TimedTextKind.SPOKEN, "speech", lazy("Transcript"), "audio-lines", lazy("Not transcribed yet.")),
    (TimedTextKind.WRITTEN, "written", lazy("On-screen text"), "scan-text", lazy("Not read yet.")),
)


def of(version: Version, *, principal: Principal) -> tuple[TextList, ...]:
    """The lists to show. Those who see released work alone are shown no empty one: the work is not theirs."""
    steps = {step.name: step for step in Step.objects.filter(version=version)}
    lists = tuple(
        TextList(kind, title, icon, lines, _remark(steps.get(name), not_yet, shown=len(lines)))
        for kind, name, title, icon, not_yet in KINDS
        if name in step_specs.places_of(version.kind)
        for lines in [_lines(version, kind)]
    )
    if principal.can(Capability.VIEW_UNRELEASED):
        return lists
    return tuple(each for each in lists if each.lines)


def _lines(version: Version, kind: TimedTextKind) -> tuple[TextLine, ...]:
    rate = Fraction(version.rate_numerator or 25, version.rate_denominator or 1)
    return tuple(
        TextLine(row.start_ms, timecode.frame_at(row.start_ms, rate=rate), row.text)
        for row in timed_texts.of(version, kind)[:MOST]
    )


def _remark(step: Step | None, not_yet: str, *, shown: int) -> str:
    if shown == MOST:
        return _("The first %(most)s lines are shown.") % {"most": number(MOST)}
    if step is None or step.state == StepState.WAITING:
        return "" if shown else not_yet
    if step.state == StepState.RUNNING:
        return _("In progress.")
    return failures.shown(step.reason)
