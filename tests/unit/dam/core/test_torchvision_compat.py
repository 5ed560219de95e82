import subprocess
import sys


def _defined(*, cuda: str | None = None, hip: str | None = None) -> bool:
    """Whether the module declares operators of torchvision beside a torch built for this CUDA or HIP."""
    asked = (
        f"import torch; torch.version.cuda, torch.version.hip = {cuda!r}, {hip!r};"
        " from dam.core import torchvision_compat as found; print(hasattr(found, '_library'))"
    )
    said = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    return said.stdout.strip() == "True"


def test_operators_are_declared_for_a_build_without_a_gpu_alone() -> None:
    """torchvision's own library declares them on a GPU, and a second time ends the process."""
    assert _defined()
    assert not _defined(cuda="13.0")
    assert not _defined(hip="7.1")
