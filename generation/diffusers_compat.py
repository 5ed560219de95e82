"""diffusers and transformers, made to load beside the CPU build of torch. Import them from here.

Both import torchvision where it is installed (dam.core.torchvision_compat). Neither is typed: both are `Any`.
"""

import importlib
from typing import Any

from dam.core import torchvision_compat  # noqa: F401

diffusers: Any = importlib.import_module("diffusers")
transformers: Any = importlib.import_module("transformers")
