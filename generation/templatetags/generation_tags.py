"""What a take began with, for pages."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext as _

from generation.generators.modes import MODES, Mode
from generation.models import GenerationJob

register = template.Library()


@dataclass(frozen=True)
class BegunFacts:
    """`strength` in percent, 0 where the mode has none; `sources` as GenerationJob.guides keeps them."""

    label: str
    icon: str
    sources: tuple[dict[str, Any], ...]
    strength: int


@register.simple_tag
def begun(job: GenerationJob) -> BegunFacts:
    """{% begun job as facts %}: its mode, what it was made of, and how much was to change."""
    sources = tuple(job.guides.get("sources", ()))
    strength = round(100 * job.guides.get("strength", 0))
    try:
        facts = MODES[Mode(job.mode)]
    except ValueError:  # of a newer release
        return BegunFacts(job.mode, "sparkles", sources, strength)
    return BegunFacts(_(facts.label), facts.icon, sources, strength)
