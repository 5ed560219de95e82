"""Import this before transformers or diffusers: it lets torchvision load beside the CPU build of torch.

The torchvision wheel of PyPI registers shape functions for two operators whose kernels this build of torch
does not know, and raises while it does so. Declaring their schemas first is enough; nothing calls them.
"""

import torch

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)

_library = torch.library.Library("torchvision", "FRAGMENT")
for _schema in _SCHEMAS:
    try:
        _library.define(_schema)
    except RuntimeError as error:  # already there: a torchvision that fits, or another module was first
        if "same name" not in str(error) and "multiple times" not in str(error):
            raise
