"""What somebody asks a generator for, made to fit what the generator can do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from dam.core import errors
from dam.core.language import gettext as _
from dam.core.language import number
from generation import composition, kit_words
from generation.composition import Settings
from generation.generators import modes
from generation.generators.base import Capabilities
from generation.generators.modes import Mode, Slot, SourceKind
from generation.kit_words import KitWords

LONGEST_PROMPT = 1000  # characters
LARGEST_SEED = 2**32 - 1
MOST_TAKES = 9
LOWEST_GUIDANCE, HIGHEST_GUIDANCE = 1.0, 15.0
_SLACK = 1e-6  # of shares that were written down in percent
MOST_SIZE = 100_000  # pixels a side; more is a slip of the keyboard


class BriefRefused(errors.Refused):
    """The brief cannot be met. The message is for the person; `field` names the form's field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, code=f"brief_{field}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Source:
    """A version of the library that a brief begins with, in the slot `role`; `at` in seconds."""

    role: str
    asset: UUID
    version: UUID
    sha256: str
    kind: SourceKind
    title: str
    seconds: float
    """How long it is; 0 of a picture."""
    at: float = 0.0


@dataclass(frozen=True)
class Brief:
    """A brief that its generator can meet. `seed` is None where chance may choose."""

    prompt: str
    seed: int | None
    takes: int
    frames: int
    width: int  # pixels
    height: int
    frame_rate: Fraction
    steps: int
    guidance: float
    mode: Mode = Mode.TEXT
    sources: tuple[Source, ...] = ()
    settings: Settings = field(default_factory=Settings)
    typed: str = ""
    """What was typed, where the brand's kit added to it: `prompt` is the whole then."""
    kit: KitWords | None = None

    @property
    def negative(self) -> str:
        return self.kit.negative if self.kit is not None else ""


def check(
    capabilities: Capabilities,
    *,
    prompt: str,
    seed: int | None = None,
    takes: int = 1,
    seconds: Fraction | float | None = None,
    size: tuple[int, int] | None = None,
    steps: int | None = None,
    guidance: float | None = None,
    mode: Mode = Mode.TEXT,
    sources: Sequence[Source] = (),
    settings: Settings | None = None,
    kit: KitWords | None = None,
) -> Brief:
    """The brief, with what was left open filled in. Raises BriefRefused.

    `kit` is what the brand adds to the prompt that was typed.

    Length and size move to the nearest that the generator makes; a length beyond its reach is refused, for
    a clip half as long is not what was asked. A still image has one frame, whatever `seconds` says.
    """
    steps = capabilities.default_steps if steps is None else steps
    guidance = capabilities.default_guidance if guidance is None else guidance
    if seed is not None and not 0 <= seed <= LARGEST_SEED:
        raise BriefRefused(
            "seed",
            (_("Enter a whole number from 0 to %(largest_seed)s.") % {"largest_seed": number(LARGEST_SEED)}),
        )
    if not 1 <= takes <= MOST_TAKES:
        raise BriefRefused(
            "takes", (_("Choose 1 to %(most_takes)s takes at a time.") % {"most_takes": MOST_TAKES})
        )
    if not 1 <= steps <= capabilities.max_steps:
        raise BriefRefused(
            "steps",
            (_("Enter 1 to %(max_steps)s steps for this model.") % {"max_steps": capabilities.max_steps}),
        )
    if not LOWEST_GUIDANCE <= guidance <= HIGHEST_GUIDANCE:
        raise BriefRefused(
            "guidance",
            (
                _("Enter guidance from %(lowest_guidance)s to %(highest_guidance)s.")
                % {"lowest_guidance": f"{LOWEST_GUIDANCE:g}", "highest_guidance": f"{HIGHEST_GUIDANCE:g}"}
            ),
        )
    width, height = nearest_size(capabilities, size)
    settings = settings or Settings()
    length = 1 if modes.is_still(mode) else _nearest_frames(capabilities, seconds)
    _require_mode(capabilities, mode, sources, settings, frames=length)
    typed = clean_prompt(prompt)
    if kit is not None and kit.adds:
        _require_room(typed, kit)
    else:
        kit = None
    return Brief(
        prompt=kit.around(typed) if kit is not None else typed,
        seed=seed,
        takes=takes,
        frames=length,
        width=width,
        height=height,
        frame_rate=capabilities.frame_rate,
        steps=steps,
        guidance=guidance,
        mode=mode,
        sources=tuple(sources),
        settings=settings,
        typed=typed if kit is not None else "",
        kit=kit,
    )


def _require_room(typed: str, kit: KitWords) -> None:
    """Raises BriefRefused where the prompt is too long with what the kit adds."""
    if too_long := too_long_with(typed, kit):
        raise BriefRefused("prompt", too_long)


def too_long_with(typed: str, kit: KitWords) -> str:
    """Says that the prompt is too long with the kit's words, and whose words they are; empty if it isn't."""
    length = len(kit.around(typed))
    if length <= LONGEST_PROMPT:
        return ""
    return _(
        "Prompts can be up to %(most)s characters. With the %(added)s that the brand kit adds, this one has "
        "%(length)s. Shorten it, or turn the brand kit off."
    ) % {"most": number(LONGEST_PROMPT), "added": number(kit.length), "length": number(length)}


def _require_mode(
    capabilities: Capabilities, mode: Mode, sources: Sequence[Source], settings: Settings, *, frames: int
) -> None:
    """Raises BriefRefused unless the model can do it with these sources; `field` is the slot's role."""
    if mode not in capabilities.modes:
        able = ", ".join(_(modes.MODES[each].label) for each in modes.MODES if each in capabilities.modes)
        said = _("This model can't do that. Its modes: %(able)s.") % {"able": able}
        near = modes.nearest(mode, capabilities.modes)
        raise BriefRefused("mode", f"{said} {_(near)}" if near else said)
    given = {source.role: source for source in sources}
    for slot in modes.slots(mode):
        _require_slot(slot, given.pop(slot.role, None), mode=mode, can=capabilities, frames=frames)
    if given:
        raise BriefRefused("mode", _("The form was incomplete. Reload the page and try again."))
    if not 0 < settings.strength <= 1:
        raise BriefRefused("strength", _("Enter a strength from 1 to 100."))
    left, top, width, height = settings.region
    sides = ((left, width), (top, height))
    if not all(first >= 0 and wide > 0 and first + wide <= 1 + _SLACK for first, wide in sides):
        raise BriefRefused("region", _("The rectangle must lie within the image."))


def _require_slot(slot: Slot, source: Source | None, *, mode: Mode, can: Capabilities, frames: int) -> None:
    if source is None:
        if slot.required:
            raise BriefRefused(slot.role, _("Choose a clip or image from the library."))
        return
    if source.kind not in slot.takes:
        raise BriefRefused(slot.role, _("This needs a video."))
    if source.kind is SourceKind.STILL:
        return
    if not 0 <= source.at < max(source.seconds, 1 / float(can.frame_rate)):
        raise BriefRefused(
            slot.role,
            _("“%(title)s” is %(seconds)s s long. Enter an earlier time.")
            % {"title": source.title, "seconds": f"{source.seconds:.1f}"},
        )
    if not slot.moment and source.seconds > composition.MOST_KEPT_SECONDS:
        raise BriefRefused(
            slot.role,
            _(
                "“%(title)s” is %(seconds)s s long. Clips of up to %(most)s s can be used whole. "
                "Start from its last frame instead, or use a shorter cut."
            )
            % {
                "title": source.title,
                "seconds": f"{source.seconds:.0f}",
                "most": composition.MOST_KEPT_SECONDS,
            },
        )
    needed = composition.needed(mode, frames=frames)
    # A frame less may be lost where one rate is put into another.
    if needed is not None and (source.seconds - source.at) * can.frame_rate < needed - 1:
        raise BriefRefused(
            slot.role,
            _(
                "This needs %(needed)s s from that point, but “%(title)s” has only %(has)s s. "
                "Choose a shorter length."
            )
            % {
                "needed": f"{needed / float(can.frame_rate):.1f}",
                "title": source.title,
                "has": f"{source.seconds - source.at:.1f}",
            },
        )


def clean_prompt(prompt: str) -> str:
    """The prompt as it is stored, signed and searched: one line, NFC. Raises BriefRefused."""
    line = kit_words.one_line(prompt)
    if not line:
        raise BriefRefused("prompt", _("Describe what the clip should show."))
    if len(line) > LONGEST_PROMPT:
        raise BriefRefused(
            "prompt",
            (
                _("Prompts can be up to %(longest_prompt)s characters. This one has %(line)s.")
                % {"longest_prompt": number(LONGEST_PROMPT), "line": number(len(line))}
            ),
        )
    if hidden := kit_words.hidden_in(line):
        raise BriefRefused(
            "prompt",
            (
                _("The prompt contains an invisible character (U+%(hidden)s). Type it again.")
                % {"hidden": f"{ord(hidden):04X}"}
            ),
        )
    return line


def title_of(prompt: str, *, take: int = 1, takes: int = 1) -> str:
    """A title for the asset: the prompt's beginning, cut between words."""
    words = prompt if len(prompt) <= 80 else prompt[:80].rpartition(" ")[0] or prompt[:80]
    words = words.rstrip(" ,.;:") + ("…" if len(words) < len(prompt.rstrip(" ,.;:")) else "")
    title = words[:1].upper() + words[1:]
    return f"{title}, take {take}" if takes > 1 else title


def lengths(capabilities: Capabilities) -> tuple[int, ...]:
    """Every number of frames the generator makes, shortest first."""
    return tuple(range(capabilities.min_frames, capabilities.max_frames + 1, capabilities.frame_step))


def _nearest_frames(capabilities: Capabilities, seconds: Fraction | float | None) -> int:
    possible = lengths(capabilities)
    if seconds is None:
        return possible[-1]
    rate = capabilities.frame_rate
    shortest, longest = possible[0] / rate, possible[-1] / rate
    slack = capabilities.frame_step / rate
    if not shortest - slack < seconds < longest + slack:
        raise BriefRefused(
            "seconds",
            (
                _("This model makes clips of %(shortest)s to %(longest)s seconds.")
                % {"shortest": f"{float(shortest):.1f}", "longest": f"{float(longest):.1f}"}
            ),
        )
    return min(possible, key=lambda frames: abs(frames - seconds * rate))


def nearest_size(capabilities: Capabilities, size: tuple[int, int] | None) -> tuple[int, int]:
    """The possible size whose shape is nearest, and among equals the one whose width is."""
    if size is None:
        return capabilities.sizes[0]
    width, height = size
    if not (0 < width <= MOST_SIZE and 0 < height <= MOST_SIZE):
        raise BriefRefused("size", _("A size is two whole numbers of pixels, such as 256x144."))

    def distance(possible: tuple[int, int]) -> tuple[Fraction, int]:
        shape = Fraction(possible[0], possible[1]) / Fraction(width, height)
        return max(shape, 1 / shape), abs(possible[0] - width)

    return min(capabilities.sizes, key=distance)
