"""Which numbers to calculate with. bfloat16 where the hardware multiplies it, else float32."""

import os
from pathlib import Path

import torch


def fast_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16. A processor that cannot imitates it, five times slower."""
    if device.type != "cpu":
        return True
    can = torch.cpu.get_capabilities()
    return any(can.get(name) for name in ("amx_bf16", "avx512_bf16", "bf16", "sve_bf16"))


def autocast(device: torch.device) -> torch.autocast:
    """Multiply in bfloat16 within this block, where that is faster."""
    return torch.autocast(device.type, torch.bfloat16, enabled=fast_bfloat16(device))


def to_load(folder: Path, device: torch.device) -> torch.dtype:
    """What to load a folder's weights as. Where float32 would not fit, better slow than not at all."""
    if fast_bfloat16(device):
        return torch.bfloat16
    weights = sum(path.stat().st_size for path in folder.rglob("*.safetensors"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return torch.float32 if 2 * weights < memory / 2 else torch.bfloat16
