"""What an invisible watermark says: 48 random bits and a checksum, so coded that many may be wrong. Pure.

A convolutional code of rate 1/3 and constraint length 9 (generators 557, 663 and 711, as of IS-95), decoded
softly by Viterbi's algorithm: it takes how sure each bit is, not only which one it seems to be.
"""

from binascii import crc_hqx

import numpy as np
from numpy.typing import NDArray

ID_BITS, CHECK_BITS, TAIL = 48, 16, 8
PLAIN = ID_BITS + CHECK_BITS
RATE = 3
CODED = RATE * (PLAIN + TAIL)  # bits that are put into the picture
_STATES = 1 << TAIL
_GENERATORS = (0o557, 0o663, 0o711)

Soft = NDArray[np.float32]  # [CODED]: above 0 for a one, the further the surer


def encode(identifier: int) -> NDArray[np.int8]:
    """The coded bits as -1 and 1 [CODED]. Raises ValueError for what isn't 48 bits."""
    if not 0 <= identifier < 1 << ID_BITS:
        raise ValueError(f"{identifier} isn't an identifier of {ID_BITS} bits.")
    plain = identifier << CHECK_BITS | _check(identifier)
    bits = [plain >> place & 1 for place in reversed(range(PLAIN))] + [0] * TAIL
    state, coded = 0, []
    for bit in bits:
        window = bit << TAIL | state
        coded += [2 * ((window & each).bit_count() & 1) - 1 for each in _GENERATORS]
        state = window >> 1
    return np.array(coded, np.int8)


def decode(soft: Soft) -> int | None:
    """The identifier that was most likely put in; None where its checksum says that it wasn't."""
    values = np.asarray(soft, np.float32).reshape(-1, RATE)
    best = np.full(_STATES, -np.inf, np.float32)
    best[0] = 0
    came = np.zeros((len(values), _STATES), np.uint8)
    for step, three in enumerate(values):
        ways = best[_BEFORE] + _OUTPUT @ three  # [states, 2]: by the lower and the higher state before it
        if step >= PLAIN:
            ways[_STATES // 2 :] = -np.inf  # the tail is zeros
        came[step] = ways.argmax(axis=1)
        best = ways.max(axis=1)
    state, plain = 0, 0
    for step in reversed(range(len(values))):
        if step < PLAIN:
            plain |= (state >> (TAIL - 1)) << (PLAIN - 1 - step)
        state = int(_BEFORE[state, came[step, state]])
    identifier, check = plain >> CHECK_BITS, plain & ((1 << CHECK_BITS) - 1)
    return identifier if check == _check(identifier) else None


def agreement(soft: Soft, identifier: int) -> float:
    """How well they go with that identifier, 0 to 1; what is found in noise by chance has about 0.58."""
    length = float(np.linalg.norm(soft)) * CODED**0.5
    return float(np.dot(soft, encode(identifier))) / length if length else 0.0


def _check(identifier: int) -> int:
    return crc_hqx(identifier.to_bytes(ID_BITS // 8, "big"), 0xFFFF)


def _outputs() -> NDArray[np.float32]:
    """[states, 2, RATE]: what is sent when a state is reached from each of the two before it."""
    sent = np.zeros((_STATES, 2, RATE), np.float32)
    for state in range(_STATES):
        for way in range(2):
            window = (state >> (TAIL - 1)) << TAIL | _BEFORE[state, way]
            for place, generator in enumerate(_GENERATORS):
                sent[state, way, place] = 2 * ((int(window) & generator).bit_count() & 1) - 1
    return sent


_BEFORE = (np.arange(_STATES)[:, None] << 1 & (_STATES - 1)) | np.arange(2)[None, :]
_OUTPUT = _outputs()
