"""Whether a generator's frames are a clip at all: asked before anything is encoded or signed. Pure."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dam.core.language import gettext as _
from dam.core.language import noop
from generation.generators.base import Frames, GeneratorError, VideoRequest

NOT_FINITE = noop("The model produced invalid frames. Try another seed or fewer steps.")
NO_FRAMES = noop("The model produced no frames. Try another model.")
BLANK = noop("The model produced a clip of one plain colour. Try another seed or prompt.")
FROZEN = noop("The model produced a clip that stands still. Try another seed or prompt.")


def check(frames: NDArray[Any], request: VideoRequest) -> Frames:
    """The frames, if they are what was asked for. Raises GeneratorError.

    Only a clip that is exactly one colour over all its pixels counts as blank: "a white wall" has at least
    some grain in it; and only one whose frames are all the same to the bit stands still.
    """
    if not isinstance(frames, np.ndarray):
        raise GeneratorError(NO_FRAMES)
    check_finite(frames)
    expected = (request.frames, request.height, request.width, 3)
    if frames.shape != expected:
        raise GeneratorError(
            _("The model made %(shape)s instead of %(expected)s.")
            % {"shape": _size(frames.shape), "expected": _size(expected)}
        )
    if frames.dtype != np.uint8:
        raise GeneratorError(
            _("The model made pictures of %(dtype)s values instead of bytes.") % {"dtype": frames.dtype}
        )
    if is_plain(frames):
        raise GeneratorError(BLANK)
    if len(frames) > 1 and all(np.array_equal(frame, frames[0]) for frame in frames[1:]):
        raise GeneratorError(FROZEN)
    return frames


def is_plain(pictures: NDArray[Any]) -> bool:
    """Whether a picture (height × width × 3), or a whole clip of them, is one and the same colour."""
    places = tuple(range(pictures.ndim - 1))
    return bool((pictures.min(axis=places) == pictures.max(axis=places)).all())


def check_finite(values: NDArray[Any]) -> None:
    """Ask this of floats before they become bytes: as bytes, what is no number is black."""
    # The sum of a gigabyte of floats needs no second gigabyte; float32 may overflow where float64 does not.
    if values.dtype.kind == "f" and not np.isfinite(values.sum(dtype=np.float64)):
        raise GeneratorError(NOT_FINITE)


def _size(shape: tuple[int, ...]) -> str:
    if len(shape) != 4 or shape[-1] != 3:
        return _("an array of %(shape)s") % {"shape": "×".join(map(str, shape))}
    count, height, width, _colours = shape
    return _("%(count)s frames of %(width)s×%(height)s pixels") % {
        "count": count,
        "width": width,
        "height": height,
    }
