"""Sound is heard in parts that cut no word, and what a recogniser guesses is not kept."""

import numpy as np

from dam.search import listening, whisper
from dam.search.listening import RATE


def test_a_part_ends_where_it_is_quietest() -> None:
    sound = np.full(25 * RATE, 9000, np.int16)
    sound[int(8.5 * RATE) : 9 * RATE] = 0
    first, *others = listening.parts(sound, seconds=10)
    assert first[0] == 0
    assert 8.5 * RATE <= first[1] <= 9 * RATE
    assert others[-1][1] == len(sound)
    assert others[0][0] == first[1]


def test_short_sound_is_one_part_and_none_is_none() -> None:
    assert list(listening.parts(np.ones(RATE, np.int16))) == [(0, RATE)]
    assert list(listening.parts(np.ones(0, np.int16))) == []


def test_a_guess_is_what_whisper_doubts_itself_or_says_again_and_again() -> None:
    assert not whisper.is_guess(0.1, -0.3, 1.4)
    assert whisper.is_guess(0.9, -0.3, 1.4)
    assert whisper.is_guess(0.1, -1.2, 1.4)
    assert whisper.is_guess(0.1, -0.3, 4.0)
