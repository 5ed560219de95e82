"""What the decoder process loads. It lives for one request, and loading takes most of the time of most."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from dam.media import decoder_process, probe_file
from tests.conftest import BASE_DIR
from tests.media_factory import movie

LOADED = """
import sys, types
sys.modules["dam"] = types.ModuleType("dam")
sys.modules["dam"].__path__ = [sys.argv[1]]
from dam.media import decoder_process
import dam.media.{module}
print(*sys.modules)
"""


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("frames", ("PIL", "dam.media.stills", "dam.media.probe_file", "urllib.request")),
        ("watching", ("PIL", "dam.media.stills", "dam.media.probe_file", "urllib.request")),
        ("probe_film", ("PIL", "dam.media.stills", "urllib.request", "http.client", "email", "ssl")),
    ],
)
def test_a_request_loads_no_more_than_it_needs(module: str, unneeded: tuple[str, ...]) -> None:
    loaded = _loaded(LOADED.format(module=module))
    assert "av" in loaded
    assert [name for name in unneeded if name in loaded] == []


PROBED = """
import io, sys, types
sys.modules["dam"] = types.ModuleType("dam")
sys.modules["dam"].__path__ = [sys.argv[1]]
from dam.media import decoder_process
decoder_process.answer({"do": "probe", "path": sys.argv[2]}, io.BytesIO())
print(*sys.modules)
"""
NEVER = ("subprocess", "dam.core.sandbox", "dam.media.xmp_embedding", "urllib.request", "http.client", "ssl")


@pytest.mark.parametrize(
    ("name", "needed", "unneeded"),
    [("film.mp4", "av", "PIL"), ("sound.m4a", "av", "PIL"), ("picture.png", "PIL", "av")],
)
def test_a_probe_loads_what_reads_this_kind_alone(
    name: str, needed: str, unneeded: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if name == "picture.png":
        Image.new("RGB", (32, 16)).save(path)
    else:
        movie(path, picture=name != "sound.m4a", sound=name == "sound.m4a")
    loaded = _loaded(PROBED, str(path))
    assert needed in loaded
    assert [each for each in (unneeded, *NEVER) if each in loaded] == []


def _loaded(program: str, *arguments: str) -> list[str]:
    command = [sys.executable, "-I", "-c", program, str(BASE_DIR / "dam"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_whatever_a_decoder_trips_over_is_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips(path: Path) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(probe_file, "read_info", trips)
    out = io.BytesIO()
    decoder_process.answer({"do": "probe", "path": str(tmp_path / "x.ts")}, out)
    answer = json.loads(out.getvalue())
    assert answer["refused"] == "damaged"
    assert "IndexError: list index out of range" in answer["log"]


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), ImportError("av")])
def test_what_the_machine_lacks_is_no_damage_of_the_file(
    problem: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips(path: Path) -> None:
        raise problem

    monkeypatch.setattr(probe_file, "read_info", trips)
    with pytest.raises(type(problem)):
        decoder_process.answer({"do": "probe", "path": str(tmp_path / "x.ts")}, io.BytesIO())
