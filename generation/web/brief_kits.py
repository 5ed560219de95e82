"""The brand's kit on a brief: what is added while the switch is on, and what it offers besides.

A brief that is like an earlier take has what that take had added, whatever the kit says by now, until
somebody asks for the kit of today.
"""

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from dam.core import numbers
from generation import briefs, kits
from generation.generators.base import Capabilities
from generation.kit_words import KitWords, Preset, ratio, shape_name
from generation.kits import Kit
from generation.models import GenerationJob

SWITCH, OF, SEEN = "kit", "kit_of", "kit_seen"  # fields of the form
ON = "on"


@dataclass(frozen=True)
class KitOffer:
    """What a brief shows of the kit. `words` are an earlier take's where `of` names one."""

    kit: Kit
    words: KitWords
    on: bool
    of: UUID | None = None
    is_todays: bool = True
    is_stale: bool = False
    """Whether the kit was changed after the page was opened that is sent now."""

    @property
    def added(self) -> KitWords | None:
        """What the prompt gets, if anything."""
        return self.words if self.on and self.words.adds else None


def offer(
    brand: Brand, sent: QueryDict, *, like: GenerationJob | None = None, usually: bool = True
) -> KitOffer:
    """What holds for a form that is `sent`, or for an address that says nothing of it yet.

    `like` is the take that the brief begins with; `usually` is whether an empty brief has the switch on.
    """
    kit = kits.of(brand)
    named = _job(brand, sent.get(OF, "")) if OF in sent else like
    words = kits.of_job(named) if named is not None else None
    usually = bool(like.kit) if like is not None else usually
    on = sent[SWITCH] == ON if SWITCH in sent else usually
    if words is not None and named is not None:
        return KitOffer(kit, words, on, of=named.pk, is_todays=words.same_as(kit.words))
    seen = numbers.read(sent.get(SEEN, ""))
    return KitOffer(kit, kit.words, on, is_stale=on and seen is not None and seen != kit.words.revision)


@dataclass(frozen=True)
class Whole:
    """The prompt as the model gets it, in three parts, and what it isn't to show."""

    before: str
    typed: str
    after: str
    negative: str
    too_long: str  # says so, or empty


def whole(typed: str, added: KitWords | None) -> Whole | None:
    """None where nothing is added."""
    if added is None:
        return None
    before, typed, after = added.parts(typed)
    return Whole(before, typed, after, added.negative, briefs.too_long_with(typed, added))


def size_choices(can: Capabilities, presets: tuple[Preset, ...]) -> list[tuple[str, str]]:
    """What the model makes, under the brand's names where it has some.

    A shape that the model doesn't make stands behind them, and says what it becomes.
    """
    names: dict[tuple[int, int], str] = {}
    others: list[tuple[str, str]] = []
    for preset in presets:
        size = briefs.nearest_size(can, (preset.width, preset.height))
        if ratio(*size) == preset.ratio:
            names[size] = preset.name
        elif len(can.sizes) > 1:
            label = _("%(name)s (as %(shape)s)") % {"name": preset, "shape": shape_name(*size)}
            others.append(("{}x{}".format(*preset.ratio), label))
    sizes = [
        (f"{size[0]}x{size[1]}", " ".join(filter(None, (names.get(size), shape_name(*size)))))
        for size in can.sizes
    ]
    return sizes + others


def _job(brand: Brand, written: str) -> GenerationJob | None:
    try:
        key = UUID(written)
    except ValueError:
        return None
    return GenerationJob.objects.filter(brand=brand, pk=key).first()
