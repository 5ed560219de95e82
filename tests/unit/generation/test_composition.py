"""What each mode asks of a generator, and what becomes of the frames that it makes."""

from fractions import Fraction

import numpy as np
import pytest

from generation import composition
from generation.composition import Plan, Settings
from generation.generators import guides
from generation.generators.base import Capabilities, Frames
from generation.generators.guides import Guide
from generation.generators.modes import MODES, Mode

CAN = Capabilities(
    sizes=((32, 16),),
    min_frames=49,
    max_frames=49,
    frame_step=8,
    frame_rate=Fraction(16),
    default_steps=8,
    max_steps=40,
    default_guidance=2.0,
    modes=tuple(Mode),
)
USUAL = Settings()


def film(frames: int, *, tone: int = 0) -> Frames:
    """Frames that say which they are."""
    counted = (tone + np.arange(frames) % 100).astype(np.uint8)
    return np.broadcast_to(counted[:, None, None, None], (frames, 16, 32, 3)).copy()


def plan(mode: Mode, given: dict[str, Frames] | None = None, *, settings: Settings = USUAL) -> Plan:
    return composition.plan(mode, given or {}, can=CAN, frames=49, settings=settings)


GIVEN = {"first": film(3), "last": film(3), "source": film(60), "from": film(60), "to": film(60)}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("length", [1, 2, 8, 9, 17, 30, 60])
def test_every_guide_is_whole_steps_of_the_clip(mode: Mode, length: int) -> None:
    given = {slot.role: film(length) for slot in MODES[mode].slots}
    if mode in (Mode.RESTYLE, Mode.EDIT):
        given = {"source": film(49)}
    made = composition.plan(mode, given, can=CAN, frames=49, settings=USUAL)
    assert all(guides.fits_blocks(each, frames=49, step=8) for each in made.guides)
    assert all(each.pictures.shape[1:] == (16, 32, 3) for each in made.guides)


def test_words_alone_have_no_guides() -> None:
    asked, made = plan(Mode.TEXT), film(49)
    assert (asked.guides, asked.loops) == ((), False)
    assert np.array_equal(composition.compose(asked, made), made)


def test_a_clip_goes_on_after_its_end_and_stays_as_it_was() -> None:
    source, made = film(60), film(49, tone=100)
    asked = plan(Mode.EXTEND, {"source": source})
    (guide,) = asked.guides
    assert np.array_equal(guide.pictures, source[-17:])
    whole = composition.compose(asked, made)
    assert len(whole) == 60 + 49 - 17
    assert np.array_equal(whole[:51], source[:51])  # up to the middle of what both are
    assert np.array_equal(whole[60:], made[17:])


def test_a_clip_gets_a_beginning_that_leads_up_to_it() -> None:
    source, made = film(60), film(49, tone=100)
    asked = plan(Mode.LEAD_IN, {"source": source})
    (guide,) = asked.guides
    assert (guide.at, len(guide.pictures)) == (33, 16)
    whole = composition.compose(asked, made)
    assert len(whole) == 49 - 16 + 60
    assert np.array_equal(whole[:33], made[:33])
    assert np.array_equal(whole[-52:], source[-52:])


def test_one_clip_turns_into_another() -> None:
    one, other, made = film(60), film(40, tone=120), film(49, tone=200)
    asked = plan(Mode.BLEND, {"from": one, "to": other})
    first, last = asked.guides
    assert (first.at, last.end) == (0, 49)
    whole = composition.compose(asked, made)
    assert len(whole) == 60 + 40 + 49 - len(first.pictures) - len(last.pictures)
    assert np.array_equal(whole[:55], one[:55])
    assert np.array_equal(whole[-35:], other[-35:])


def test_a_clip_with_a_way_back_ends_where_it_begins() -> None:
    source, made = film(60), film(49, tone=100)
    asked = plan(Mode.LOOP, {"source": source})
    assert not asked.loops  # the model sees both ends
    whole = composition.compose(asked, made)
    head, tail = (len(each.pictures) for each in asked.guides)
    assert len(whole) == 60 + 49 - head - tail
    assert np.array_equal(whole[:55], source[:55])


def test_a_loop_needs_nothing_and_may_begin_with_a_picture() -> None:
    assert plan(Mode.LOOP).loops
    with_picture = plan(Mode.LOOP, {"source": film(1)})
    assert with_picture.loops
    assert len(with_picture.guides) == 1


def test_first_and_last_picture_stand_at_both_ends() -> None:
    asked = plan(Mode.FRAMES, {"first": film(1), "last": film(1, tone=9)})
    assert [(each.at, each.end) for each in asked.guides] == [(0, 1), (48, 49)]


def test_a_restyled_clip_is_kept_the_less_the_more_may_change() -> None:
    (guide,) = plan(Mode.RESTYLE, {"source": film(49)}, settings=Settings(strength=0.7)).guides
    assert guide.strength == pytest.approx(0.3)
    assert not guide.stays


def test_outside_its_region_an_edited_clip_stays_to_the_pixel() -> None:
    source, made = film(49), film(49, tone=150)
    asked = plan(Mode.EDIT, {"source": source}, settings=Settings(region=(0.5, 0.0, 0.5, 1.0)))
    whole = composition.compose(asked, made)
    assert np.array_equal(whole[:, :, :16], source[:, :, :16])
    assert np.array_equal(whole[:, :, 16 + composition.FEATHER :], made[:, :, 16 + composition.FEATHER :])
    border = whole[0, 8, 16 : 16 + composition.FEATHER, 0].astype(int)
    assert list(border) == sorted(set(border))  # it fades in
    assert border[0] > 0


def test_of_a_picture_all_but_the_region_stands_still() -> None:
    asked = plan(Mode.EDIT, {"source": film(1, tone=7)}, settings=Settings(region=(0.0, 0.0, 0.5, 1.0)))
    whole = composition.compose(asked, film(49, tone=150))
    assert len(whole) == 49
    assert (whole[:, :, 16:] == 7).all()
    assert any(len(each.pictures) == 1 and each.region is None for each in asked.guides)


@pytest.mark.parametrize("box", [(0.0, 0.0, 1.0, 1.0), (0.999, 0.999, 0.001, 0.001), (0.2, 0.4, 0.0001, 0.5)])
def test_a_region_is_never_nothing_and_never_beyond(box: composition.Box) -> None:
    region = guides.region_of(box, width=32, height=16)
    assert region.shape == (16, 32)
    assert region.any()


@pytest.mark.parametrize(
    ("guide", "fits"),
    [
        (Guide(film(17), at=0), True),
        (Guide(film(16), at=0), False),
        (Guide(film(8), at=1), True),
        (Guide(film(8), at=2), False),
        (Guide(film(1), at=48), True),
        (Guide(film(1), at=20), False),
        (Guide(film(16), at=41), False),  # beyond the end
    ],
)
def test_which_guides_fit_a_clip_of_blocks(guide: Guide, fits: bool) -> None:
    assert guides.fits_blocks(guide, frames=49, step=8) is fits
