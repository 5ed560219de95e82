"""OpenCLIP's own list of names, and pickled weights."""

from pathlib import Path

import pytest

from dam.core.model_hub import NotFetched
from dam.search.encoders import published, recommended

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("ViT-B-32/laion2b_s34b_b79k", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"),
        ("ViT-B-16-SigLIP2/webli", "timm/ViT-B-16-SigLIP2"),
        ("MobileCLIP2-S0/dfndr2b", "timm/MobileCLIP2-S0-OpenCLIP"),
        ("ViT-B-16/dfn2b", "apple/DFN2B-CLIP-ViT-B-16"),
    ],
)
def test_openclip_s_names_lead_to_repositories(name: str, repository: str) -> None:
    assert published._repository(name) == repository


def test_openclip_knows_every_model_that_is_recommended() -> None:
    assert all(published._repository(each.name) for each in recommended.MODELS)


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(NotFetched, match=r"Of ViT-B-32 it has: .*laion2b_s34b_b79k"):
        published._repository("ViT-B-32/laion3b")


def test_pickled_weights_are_kept_as_safetensors(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    from dam.search.encoders import openclip

    torch.save({"state_dict": {"module.weight": torch.arange(3.0)}}, tmp_path / "weights.bin")
    openclip.unpickle(tmp_path / "weights.bin", tmp_path / "weights.safetensors")
    assert load_file(tmp_path / "weights.safetensors")["weight"].tolist() == [0, 1, 2]


def test_pickled_weights_that_would_run_code_are_refused(tmp_path: Path) -> None:
    import pickle

    import torch

    from dam.search.encoders import openclip

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return print, ("code ran",)

    torch.save({"weight": Evil()}, tmp_path / "weights.bin")
    with pytest.raises(pickle.UnpicklingError):
        openclip.unpickle(tmp_path / "weights.bin", tmp_path / "weights.safetensors")
