"""The encoder that is installed, ready to be asked. Loads torch: for workers and commands only."""

import threading

from dam.search.encoders import model_card
from dam.search.encoders.base import Encoder
from dam.search.encoders.gated import GatedEncoder
from dam.search.encoders.openclip import OpenClip

# They are large. There are two while the index of another one is built: searches still ask the earlier.
MOST = 2

_lock = threading.Lock()
_loaded: dict[str, Encoder] = {}


def load(about: model_card.EncoderCard | None = None) -> Encoder:
    """An encoder, the one of settings.ENCODER_MODEL by itself, loaded once in a process.

    Raises model_card.NoEncoder.
    """
    about = about or model_card.current()
    with _lock:
        if about.identity not in _loaded:
            while len(_loaded) >= MOST:
                _loaded.pop(next(iter(_loaded)))
            _loaded[about.identity] = OpenClip(about) if about.drawn is None else GatedEncoder(about)
        return _loaded[about.identity]


def keep_only(identity: str) -> None:
    """Forget the others: an encoder that searches no longer ask may hold gigabytes."""
    with _lock:
        for other in _loaded.keys() - {identity}:
            del _loaded[other]
