"""The brief as a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.catalog import versions
from dam.core.lazily import lazy
from dam.models import Asset
from dam.web.whole_text import WholeTextForm
from generation import briefs, sources
from generation.briefs import Brief, BriefRefused, Source
from generation.composition import Settings
from generation.generators import modes
from generation.generators.base import Capabilities
from generation.generators.modes import Mode
from generation.models import GenerationJob
from generation.web import brief_kits
from generation.web.brief_kits import KitOffer

MOST_LENGTHS = 5
KIT_CHANGED = lazy(
    "The brand kit was changed after you opened this page. See below what it adds now, then send it again."
)
REGION = ("left", "top", "width", "height")
# What goes along from one tab to another, beside what stands in the slots.
KEPT = frozenset(
    ("prompt", "size", "frames", "takes", "keep_seed", "seed", "steps", "guidance", "strength", *REGION)
) | {f"at_{role}" for role in modes.all_roles()}


@dataclass(frozen=True)
class Begun:
    """What a brief begins with before anybody has filled in the form."""

    mode: Mode = Mode.TEXT
    sources: tuple[Source, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was filled in under another tab, by the names of fields."""


class BriefForm(WholeTextForm):
    """Valid when the generator can meet it: `brief` is the outcome then."""

    prompt = forms.CharField(
        label=lazy("Prompt"),
        strip=True,
        required=False,  # briefs.check has the better sentence
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    size = forms.ChoiceField(label=lazy("Aspect ratio"), widget=forms.RadioSelect)
    frames = forms.TypedChoiceField(label=lazy("Length"), coerce=int, widget=forms.RadioSelect)
    takes = forms.TypedChoiceField(
        label=lazy("Takes"),
        coerce=int,
        choices=[(n, str(n)) for n in range(1, briefs.MOST_TAKES + 1)],
        widget=forms.RadioSelect,
    )
    keep_seed = forms.BooleanField(label=lazy("Set a seed"), required=False)
    seed = forms.IntegerField(
        label=lazy("Seed"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 0, "max": briefs.LARGEST_SEED}),
    )
    steps = forms.IntegerField(label=lazy("Steps"))
    guidance = forms.FloatField(label=lazy("Guidance"))
    key = forms.UUIDField(widget=forms.HiddenInput)
    mode = forms.ChoiceField(widget=forms.HiddenInput, required=False)
    strength = forms.IntegerField(label=lazy("Strength"), min_value=1, max_value=100, required=False)
    left = forms.IntegerField(label=lazy("From the left"), min_value=0, max_value=99, required=False)
    top = forms.IntegerField(label=lazy("From the top"), min_value=0, max_value=99, required=False)
    width = forms.IntegerField(label=lazy("Width"), min_value=1, max_value=100, required=False)
    height = forms.IntegerField(label=lazy("Height"), min_value=1, max_value=100, required=False)
    # The asset that the take is to be the next version of. Whether it may be is asked by jobs.request.
    asset = forms.UUIDField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=lazy("What changed?"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        capabilities: Capabilities,
        by: Principal,
        like: GenerationJob | None = None,
        keep_seed: bool = False,
        asset: Asset | None = None,
        begun: Begun | None = None,
        kit: KitOffer | None = None,
    ) -> None:
        """`like` fills the form in with what an earlier job asked for; `asset` is to get a next version.

        `begun` is what the address says instead: a mode, and what stands in its slots. `kit` is what the
        brand adds to the prompt.
        """
        start = _initial(capabilities, like) | {"keep_seed": keep_seed}
        if like is not None and begun is None:
            begun = Begun(mode=_mode(like, capabilities), sources=sources.again(like, by=by))
        begun = begun or Begun(mode=capabilities.usual_mode)
        start |= {"mode": begun.mode.value}
        if asset is not None:
            start |= {"asset": asset.pk, "takes": 1}
        super().__init__(data, initial=start)
        self.capabilities, self._by, self._kit = capabilities, by, kit
        self.brief: Brief | None = None
        self.fields["mode"].choices = [(mode.value, mode.value) for mode in Mode]  # type: ignore[attr-defined]
        self.begins: Mode = _read_mode(data.get("mode") if data else None) or begun.mode
        for slot in modes.slots(self.begins):
            self.fields[f"source_{slot.role}"] = forms.UUIDField(required=False, widget=forms.HiddenInput)
            if slot.moment:
                self.fields[f"at_{slot.role}"] = forms.FloatField(
                    required=False, min_value=0, max_value=86_400
                )
        for source in begun.sources:
            self.initial[f"source_{source.role}"] = source.version
            self.initial[f"at_{source.role}"] = source.at or None
        kept = KEPT & self.fields.keys() - ({"takes"} if asset is not None else set())
        for name in kept & begun.typed.keys():
            self.initial[name] = begun.typed[name]
        presets = kit.kit.presets if kit is not None else ()
        self.fields["size"].choices = brief_kits.size_choices(capabilities, presets)  # type: ignore[attr-defined]
        self.fields["frames"].choices = length_choices(capabilities, _frames(capabilities, like))  # type: ignore[attr-defined]
        self.fields["steps"].widget.attrs.update(min=1, max=capabilities.max_steps)
        self.fields["guidance"].widget.attrs.update(
            min=briefs.LOWEST_GUIDANCE, max=briefs.HIGHEST_GUIDANCE, step=0.5
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        if given["keep_seed"] and given["seed"] is None:
            self.add_error("seed", _("Enter a seed, or clear “Set a seed” to use a random one."))
            return given
        if self._kit is not None and self._kit.is_stale:
            self.add_error("prompt", KIT_CHANGED)
            return given
        width, height = map(int, given["size"].split("x"))
        try:
            self.brief = briefs.check(
                self.capabilities,
                mode=self.begins,
                sources=self._sources(given),
                settings=self._settings(given),
                prompt=given["prompt"],
                seed=given["seed"] if given["keep_seed"] else None,
                takes=1 if given["asset"] else given["takes"],
                seconds=Fraction(given["frames"]) / self.capabilities.frame_rate,
                size=(width, height),
                steps=given["steps"],
                guidance=given["guidance"],
                kit=self._kit.added if self._kit is not None else None,
            )
        except BriefRefused as refused:
            field = refused.field if refused.field in self.fields else f"source_{refused.field}"
            self.add_error(field if field in self.fields else None, str(refused))
        return given

    def clean_note(self) -> str:
        try:
            return versions.clean_note(self.cleaned_data["note"])
        except versions.NoteRefused as refused:
            raise forms.ValidationError(refused.message) from refused

    def _sources(self, given: dict[str, Any]) -> list[Source]:
        """What was chosen for the mode's slots. Raises BriefRefused for what they can't see."""
        chosen = {slot.role: given.get(f"source_{slot.role}") for slot in modes.slots(self.begins)}
        found = sources.find(self._by, [key for key in chosen.values() if key])
        made: list[Source] = []
        for role, key in chosen.items():
            if not key:
                continue
            version = found.get(key)
            source = (
                sources.of_version(version, role=role, at=given.get(f"at_{role}") or 0) if version else None
            )
            if source is None:
                raise BriefRefused(role, _("This clip doesn't exist or is in the trash."))
            made.append(source)
        return made

    def _settings(self, given: dict[str, Any]) -> Settings:
        usual, facts = Settings(), modes.MODES[self.begins]
        strength = (given["strength"] or 0) / 100 if facts.has_strength else usual.strength
        if not facts.has_region:
            return Settings(strength=strength)
        left, top, width, height = ((given[name] or 0) / 100 for name in REGION)
        return Settings(strength=strength, region=(left, top, width, height))


def _read_mode(text: object) -> Mode | None:
    try:
        return Mode(str(text)) if text else None
    except ValueError:
        return None


def _mode(like: GenerationJob, capabilities: Capabilities) -> Mode:
    """The mode of an earlier take, where the model has it (still)."""
    mode = _read_mode(like.mode)
    return mode if mode in capabilities.modes else capabilities.usual_mode


def length_choices(capabilities: Capabilities, also: int | None = None) -> list[tuple[int, str]]:
    """A few numbers of frames that the generator makes, with their seconds; `also` is one of them."""
    lengths = {*_spread(briefs.lengths(capabilities)), *filter(None, [also])}
    return [(frames, f"{float(frames / capabilities.frame_rate):.1f} s") for frames in sorted(lengths)]


def _initial(capabilities: Capabilities, like: GenerationJob | None) -> dict[str, Any]:
    start: dict[str, Any] = {
        "size": "{}x{}".format(*capabilities.sizes[0]),
        "frames": briefs.lengths(capabilities)[-1],
        "takes": 1,
        "steps": capabilities.default_steps,
        "guidance": capabilities.default_guidance,
        "key": uuid4(),
    }
    settings = sources.settings(like) if like is not None else Settings()
    start |= {"strength": round(settings.strength * 100)}
    start |= {name: round(share * 100) for name, share in zip(REGION, settings.region, strict=True)}
    if like is None:
        return start
    together = GenerationJob.objects.filter(
        brand=like.brand_id, requested_by=like.requested_by_id, brief=like.brief
    )
    start |= {
        "prompt": like.typed_prompt,
        "seed": like.seed,
        "takes": min(together.count(), briefs.MOST_TAKES),
    }
    start |= {"steps": min(like.steps, capabilities.max_steps), "guidance": like.guidance}
    if (like.width, like.height) in capabilities.sizes:
        start["size"] = f"{like.width}x{like.height}"
    start["frames"] = _frames(capabilities, like) or start["frames"]
    return start


def _frames(capabilities: Capabilities, like: GenerationJob | None) -> int | None:
    return like.frames if like is not None and like.frames in briefs.lengths(capabilities) else None


def _spread(lengths: tuple[int, ...]) -> tuple[int, ...]:
    """At most MOST_LENGTHS of them, evenly, with the shortest and the longest."""
    if len(lengths) <= MOST_LENGTHS:
        return lengths
    return tuple(lengths[round(i * (len(lengths) - 1) / (MOST_LENGTHS - 1))] for i in range(MOST_LENGTHS))
