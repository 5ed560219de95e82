"""An identifier is read again although a tenth of its bits are wrong; what was never put in isn't read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam.media import watermark_code
from dam.media.watermark_code import CODED, ID_BITS

SOME = 0x0123_4567_89AB


@settings(max_examples=25)
@given(st.integers(0, (1 << ID_BITS) - 1))
def test_every_identifier_is_read_again(identifier: int) -> None:
    coded = watermark_code.encode(identifier).astype(np.float32)
    assert watermark_code.decode(coded) == identifier
    assert watermark_code.agreement(coded, identifier) == pytest.approx(1)


def test_it_is_read_though_a_tenth_of_the_bits_is_turned_over() -> None:
    random, read = np.random.default_rng(1), 0
    for _round in range(20):
        coded = watermark_code.encode(SOME).astype(np.float32)
        coded[random.choice(CODED, CODED // 10, replace=False)] *= -1
        read += watermark_code.decode(coded) == SOME
    assert read == 20


def test_how_sure_a_bit_is_counts() -> None:
    random, read = np.random.default_rng(2), 0
    for _round in range(20):
        noise = random.normal(0, 1, CODED)
        read += watermark_code.decode((watermark_code.encode(SOME) + noise).astype(np.float32)) == SOME
    assert read >= 19  # of hard decisions a sixth would be wrong


def test_noise_is_no_identifier() -> None:
    random = np.random.default_rng(3)
    read = [watermark_code.decode(random.normal(0, 1, CODED).astype(np.float32)) for _round in range(500)]
    assert read == [None] * 500


@pytest.mark.parametrize("wrong", [-1, 1 << ID_BITS])
def test_what_has_not_48_bits_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="48 bits"):
        watermark_code.encode(wrong)


def test_without_anything_nothing_agrees() -> None:
    assert watermark_code.agreement(np.zeros(CODED, np.float32), SOME) == 0
