"""What the decoder process loads. It lives for one request, and loading takes most of the time of most."""

import subprocess
import sys

import pytest

from tests.conftest import BASE_DIR

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
        ("probe_file", ("dam.media.xmp_embedding", "urllib.request", "http.client", "email", "ssl")),
    ],
)
def test_a_request_loads_no_more_than_it_needs(module: str, unneeded: tuple[str, ...]) -> None:
    program = LOADED.format(module=module)
    command = [sys.executable, "-I", "-c", program, str(BASE_DIR / "dam")]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "av" in loaded
    assert [name for name in unneeded if name in loaded] == []
