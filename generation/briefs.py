"""What somebody asks a generator for, made to fit what the generator can do. Pure."""

import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from dam.core import errors
from dam.core.language import gettext as _
from dam.core.language import number
from generation.generators.base import Capabilities

LONGEST_PROMPT = 1000  # characters
LARGEST_SEED = 2**32 - 1
MOST_TAKES = 4
LOWEST_GUIDANCE, HIGHEST_GUIDANCE = 1.0, 15.0
MOST_SIZE = 100_000  # pixels a side; more is a slip of the keyboard


class BriefRefused(errors.Refused):
    """The brief cannot be met. The message is for the person; `field` names the form's field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, code=f"brief_{field}")
        self.field = field


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
) -> Brief:
    """The brief, with what was left open filled in. Raises BriefRefused.

    Length and size move to the nearest that the generator makes; a length beyond its reach is refused, for
    a clip half as long is not what was asked.
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
    width, height = _nearest_size(capabilities, size)
    return Brief(
        prompt=clean_prompt(prompt),
        seed=seed,
        takes=takes,
        frames=_nearest_frames(capabilities, seconds),
        width=width,
        height=height,
        frame_rate=capabilities.frame_rate,
        steps=steps,
        guidance=guidance,
    )


def clean_prompt(prompt: str) -> str:
    """The prompt as it is stored, signed and searched: one line, NFC. Raises BriefRefused."""
    line = " ".join(unicodedata.normalize("NFC", prompt).split())
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
    # Cf holds the joiners of emoji and of several scripts, but also the marks that turn text around.
    hidden = [c for c in line if unicodedata.category(c) in ("Cc", "Cs", "Co") or c in _TURNING]
    if hidden:
        raise BriefRefused(
            "prompt",
            (
                _("The prompt contains an invisible character (U+%(hidden)s). Type it again.")
                % {"hidden": f"{ord(hidden[0]):04X}"}
            ),
        )
    return line


# Embeddings, overrides and isolates: they make a text read differently from what it says.
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


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


def _nearest_size(capabilities: Capabilities, size: tuple[int, int] | None) -> tuple[int, int]:
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
