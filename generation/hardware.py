"""What this machine has for a generator: its GPUs, asked without torch."""

import ctypes
from dataclasses import dataclass
from functools import lru_cache

NVML = "libnvidia-ml.so.1"
NAME_BYTES = 96


@dataclass(frozen=True)
class Gpu:
    name: str
    memory_gb: float


class _Memory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


@lru_cache(maxsize=1)
def gpus() -> tuple[Gpu, ...]:
    """Those of NVIDIA's driver; none where there is no such driver, or it answers nothing."""
    try:
        driver = ctypes.CDLL(NVML)
        if driver.nvmlInit_v2():
            return ()
        try:
            count = ctypes.c_uint()
            if driver.nvmlDeviceGetCount_v2(ctypes.byref(count)):
                return ()
            return tuple(filter(None, (_gpu(driver, number) for number in range(count.value))))
        finally:
            driver.nvmlShutdown()
    except (OSError, AttributeError):
        return ()


def _gpu(driver: ctypes.CDLL, number: int) -> Gpu | None:
    handle, memory = ctypes.c_void_p(), _Memory()
    name = ctypes.create_string_buffer(NAME_BYTES)
    if driver.nvmlDeviceGetHandleByIndex_v2(number, ctypes.byref(handle)):
        return None
    if driver.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)):
        return None
    driver.nvmlDeviceGetName(handle, name, NAME_BYTES)
    return Gpu(name.value.decode(errors="replace"), memory.total / 1e9)
