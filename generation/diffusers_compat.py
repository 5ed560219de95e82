"""diffusers and transformers, made to load beside the CPU build of torch. Import them from here.

The torchvision wheel of PyPI, which both import where it is installed, registers shape functions for two
operators whose kernels this build of torch does not know, and raises while it does so. Declaring their
schemas first is enough; nothing calls them. Neither library is typed, so both are `Any`.
"""

import importlib
from typing import Any

import torch

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)

_library = torch.library.Library("torchvision", "FRAGMENT")
for _schema in _SCHEMAS:
    try:
        _library.define(_schema)
    except RuntimeError as error:  # there already: a torchvision that fits, or another module was first
        if "same name" not in str(error) and "multiple times" not in str(error):
            raise

diffusers: Any = importlib.import_module("diffusers")
transformers: Any = importlib.import_module("transformers")
