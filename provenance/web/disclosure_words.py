"""Rules of disclosure and their labels in sentences."""

from collections.abc import Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dam.media.overlay import Notice
from dam.rights import disclosure, territories
from dam.rights.disclosure import Label, Requirement


def when(until_ms: int | None) -> str:
    """ "throughout", "for the first 3 seconds"."""
    if until_ms is None:
        return _("throughout")
    return _("for the first %(seconds)s seconds") % {"seconds": until_ms // 1000}


def line(required: Requirement) -> str:
    """What follows from a rule for a clip, by the place that it is about."""
    place = {"place": capfirst(territories.name_of(required.rule.place)), "law": _(required.rule.law)}
    if required.waived:
        return _("%(place)s: the label is waived.") % place
    if required.label is None:
        return _("%(place)s: no label. Every release carries the machine-readable mark (%(law)s).") % place
    return _("%(place)s: %(label)s.") % {**place, "label": of_label(required.label, required.rule.place)}


def lines(required: Iterable[Requirement]) -> list[str]:
    return [line(each) for each in required]


def of_label(label: Label, place: str) -> str:
    """ "the label “AI-generated” at the top right, throughout"."""
    words = label.said(disclosure.language_of(place, disclosure.BY_KEY[label.key.removesuffix("_brief")]))
    return _label(words, label.until_ms)


def of_notices(notices: Iterable[Notice]) -> str:
    """What somebody reads, or hears read, of a file: which labels it shows, where and when."""
    shown = [_label(each.words, each.until_ms) for each in notices]
    return _("The picture shows %(labels)s.") % {"labels": "; ".join(shown)} if shown else ""


def _label(words: str, until_ms: int | None) -> str:
    return _("the label “%(words)s” at the top right, %(when)s") % {"words": words, "when": when(until_ms)}
