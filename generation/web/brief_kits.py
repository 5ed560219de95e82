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
from generation.models import GenerationJob, PromptBatch

SWITCH, OF, SEEN = "kit", "kit_of", "kit_seen"  # fields of the form
ON = "on"


@dataclass(frozen=True)
class KitOffer:
    """What a brief shows of the kit. `words` are an earlier take's or batch's where `of` names one."""

    kit: Kit
    words: KitWords
    on: bool
    of: UUID | None = None
    of_batch: bool = False
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

    `like` is the take that the brief begins with, unless the address names a take or a batch itself;
    `usually` is whether an empty brief has the switch on.
    """
    kit = kits.of(brand)
    named = _named(brand, sent.get(OF, "")) if OF in sent else like
    words = _words(named)
    usually = bool(like.kit) if like is not None else usually
    on = sent[SWITCH] == ON if SWITCH in sent else usually
    if words is not None and named is not None:
        batch, todays = isinstance(named, PromptBatch), words.same_as(kit.words)
        return KitOffer(kit, words, on, of=named.pk, of_batch=batch, is_todays=todays)
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


class ShapeLabel(str):
    """A size's label, with how it looks: "wide", "tall" or "square"."""

    outline: str

    def __new__(cls, label: str, size: tuple[int, int]) -> "ShapeLabel":
        made = super().__new__(cls, label)
        width, height = size
        made.outline = "square" if width == height else "wide" if width > height else "tall"
        return made


def size_choices(can: Capabilities, presets: tuple[Preset, ...]) -> list[tuple[str, ShapeLabel]]:
    """What the model makes, under the brand's names where it has some.

    A shape that the model doesn't make stands behind them, and says what it becomes.
    """
    names: dict[tuple[int, int], str] = {}
    others: list[tuple[str, ShapeLabel]] = []
    for preset in presets:
        size = briefs.nearest_size(can, (preset.width, preset.height))
        if ratio(*size) == preset.ratio:
            names[size] = preset.name
        elif len(can.sizes) > 1:
            label = _("%(name)s (as %(shape)s)") % {"name": preset, "shape": shape_name(*size)}
            others.append(("{}x{}".format(*preset.ratio), ShapeLabel(label, size)))
    sizes = [(f"{size[0]}x{size[1]}", _named_shape(names.get(size), size)) for size in can.sizes]
    return sizes + others


def _named_shape(name: str | None, size: tuple[int, int]) -> ShapeLabel:
    return ShapeLabel(" ".join(filter(None, (name, shape_name(*size)))), size)


def _named(brand: Brand, written: str) -> GenerationJob | PromptBatch | None:
    try:
        key = UUID(written)
    except ValueError:
        return None
    job = GenerationJob.objects.filter(brand=brand, pk=key).first()
    return job or PromptBatch.objects.filter(brand=brand, pk=key).first()


def _words(named: GenerationJob | PromptBatch | None) -> KitWords | None:
    """What was added to its prompts, as it was then."""
    if isinstance(named, PromptBatch):
        return kits.words_of(named.settings.get("kit"))
    return kits.of_job(named) if named is not None else None
