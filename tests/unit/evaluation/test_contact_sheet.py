import numpy as np
import pytest
from django.conf import settings

from generation import prompt_parser
from generation.evaluation import contact_sheet
from generation.generators import model_card

pytestmark = pytest.mark.model


def test_clips_lie_in_two_columns_of_strips() -> None:
    clips = [np.full((9, 40, 80, 3), shade, np.uint8) for shade in (40, 120, 200)]
    sheet = contact_sheet.draw(clips, ["one", "two", "three"])
    strip = 60 * 5
    assert sheet.size == (2 * strip + 8, 2 * (30 + 18 + 6) - 6)
    pixels = np.asarray(sheet)
    assert (pixels[20, 10] == 40).all()
    assert (pixels[20 + 54, 10] == 120).all()
    assert (pixels[20, strip + 18] == 200).all()


def test_every_prompt_is_understood_to_the_last_word() -> None:
    lexicon = model_card.read(settings.BASE_DIR / "generation/previz/weights/previz-dit").lexicon
    assert lexicon is not None
    assert len(set(contact_sheet.PROMPTS)) == 24
    unknown = {p: prompt_parser.understand(p, lexicon).unknown for p in contact_sheet.PROMPTS}
    assert not any(unknown.values()), unknown
