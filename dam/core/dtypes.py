"""Which numbers to calculate with. bfloat16 where the hardware multiplies it, else float32."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import torch

CLEARLY_SOONER = 0.85


def fast_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16. A processor that cannot imitates it, five times slower."""
    if device.type != "cpu":
        return True
    can = torch.cpu.get_capabilities()
    return any(can.get(name) for name in ("amx_bf16", "avx512_bf16", "bf16", "sve_bf16"))


def sooner(work: Callable[[], object], *, than: Callable[[], object]) -> bool:
    """Whether `work` is clearly sooner done on the processor. Tried: what it can do says little."""
    with torch.inference_mode():
        work(), than()  # the first run of each is slow
        taken, other = (min(_seconds(each) for _ in range(5)) for each in (work, than))
    return taken < CLEARLY_SOONER * other


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


def _seconds(work: Callable[[], object]) -> float:
    started = time.thread_time()  # not the clock: other processes may be busy
    work()
    return time.thread_time() - started
