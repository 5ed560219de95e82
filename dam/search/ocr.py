"""Reading text in pictures by RapidOCR: the only file that imports it. For workers alone.

Its wheel brings PP-OCRv6 (Latin and Chinese letters, digits); nothing is downloaded.
"""

from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dam.search.reading import NoReader, Written

THREADS = 2
SIDE = 736  # pixels of the longer side, in which lines are looked for
PARAMETERS = {
    "Global.log_level": "critical",
    "Global.use_cls": False,  # lines that stand on their head: rare, and a model more to run
    "Det.limit_type": "max",
    "Det.limit_side_len": SIDE,
    "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


@lru_cache(maxsize=1)
def load() -> "RapidReader":
    """Raises NoReader."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        raise NoReader("This installation reads no on-screen text.")
    return RapidReader()


class RapidReader:
    """A Reader (dam.search.reading)."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine: Any = RapidOCR(params=PARAMETERS)

    def read(self, picture: NDArray[np.uint8]) -> list[Written]:
        found = self._engine(np.ascontiguousarray(picture[..., ::-1]))  # it takes BGR
        if not found.txts:
            return []
        return [
            Written(text.strip(), float(score)) for text, score in zip(found.txts, found.scores, strict=True)
        ]
