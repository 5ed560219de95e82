"""Import this before torchvision, open_clip or timm.

The torchvision wheel of PyPI registers shape functions for two operators whose kernels the CPU build of torch
does not know, and raises while it does so. Declaring their schemas first is enough. Beside a torch for GPUs
torchvision comes whole: there, declaring them first would end the process.
"""

import torch

if torch.version.cuda is None and torch.version.hip is None:
    _library = torch.library.Library("torchvision", "FRAGMENT")
    for _schema in (
        "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    ):
        try:
            _library.define(_schema)
        except RuntimeError as error:  # declared already, here or by a torchvision that fits
            if "same name" not in str(error) and "multiple times" not in str(error):
                raise
