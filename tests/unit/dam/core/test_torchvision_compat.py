"""What imports torchvision loads beside the CPU build of torch, whichever comes first in a process."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    "module",
    ["dam.search.encoders.openclip", "dam.search.encoders.concepts", "generation.diffusers_compat"],
)
def test_it_loads_alone(module: str) -> None:
    code = f"import django; django.setup(); import {module}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dam.settings"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
