from pathlib import Path

import torch

from generation.previz.transformer import PlacedPatches, PlacedTransformer, Shown


def tiny() -> PlacedTransformer:
    torch.manual_seed(0)
    model: PlacedTransformer = PlacedTransformer(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=24,
        in_channels=4,
        out_channels=4,
        text_dim=8,
        freq_dim=16,
        ffn_dim=32,
        num_layers=1,
        rope_max_seq_len=16,
    )
    return model


def places(patches: PlacedPatches, *, frames: int, height: int, width: int) -> torch.Tensor:
    found: torch.Tensor = patches(torch.zeros(1, 4, frames, height, width))
    return found[0]


def test_every_patch_has_a_place_of_its_own() -> None:
    found = places(tiny().patch_embedding, frames=3, height=8, width=12).flatten(1).T
    assert torch.cdist(found, found).add(torch.eye(len(found)) * 9).min() > 1e-3


def test_the_middle_of_a_picture_has_the_same_place_in_every_size() -> None:
    patches = tiny().patch_embedding
    wide = places(patches, frames=1, height=6, width=14)
    square = places(patches, frames=1, height=6, width=6)
    torch.testing.assert_close(wide[:, :, :, 2:5], square)


def test_parts_shown_alone_stand_where_they_stand_in_the_clip() -> None:
    patches = tiny().patch_embedding
    whole = places(patches, frames=5, height=8, width=12)
    times, top, left = torch.tensor([[1, 4], [0, 2]]), torch.tensor([0, 2]), torch.tensor([3, 1])
    patches.shown = Shown(times=times, top=top, left=left, rows=4, columns=6)
    found = patches(torch.zeros(2, 4, 2, 4, 6))
    torch.testing.assert_close(found[0], whole[:, [1, 4], 0:2, 3:6])
    torch.testing.assert_close(found[1], whole[:, [0, 2], 2:4, 1:4])


def test_it_is_the_same_after_saving_and_loading(tmp_path: Path) -> None:
    model = tiny().eval()
    model.save_pretrained(tmp_path)
    loaded = PlacedTransformer.from_pretrained(tmp_path).eval()
    asked = {
        "hidden_states": torch.randn(1, 4, 2, 4, 6),
        "timestep": torch.tensor([500.0]),
        "encoder_hidden_states": torch.randn(1, 3, 8),
        "return_dict": False,
    }
    with torch.no_grad():
        torch.testing.assert_close(loaded(**asked)[0], model(**asked)[0])
