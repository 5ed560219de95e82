"""Pipelines of further families, as published folders have them, with random weights that take no time.

Each is built of diffusers' own classes and written by `save_pretrained`.
"""

from pathlib import Path
from typing import Any

from tests import tiny_wan

WIDTH = 16  # of what a tiny text encoder says of each word


def words() -> Any:
    """A tokenizer of bytes."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    from generation.diffusers_compat import transformers

    found = Tokenizer(models.BPE(unk_token="<unk>"))
    found.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    found.decoder = decoders.ByteLevel()
    special = ["<pad>", "</s>", "<unk>"]
    found.train_from_iterator(["a red ball"], trainers.BpeTrainer(vocab_size=200, special_tokens=special))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=found, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def t5() -> Any:
    from generation.diffusers_compat import transformers

    return transformers.T5EncoderModel(
        transformers.T5Config(
            vocab_size=256,
            d_model=WIDTH,
            d_kv=8,
            d_ff=16,
            num_layers=1,
            num_heads=2,
            feed_forward_proj="gated-gelu",
        )
    )


def save(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder, safe_serialization=True)
    for path in (folder / "model_index.json", *folder.glob("tokenizer*/tokenizer_config.json")):
        # As folders of before transformers 5 say it, which published ones are.
        path.write_text(path.read_text().replace("TokenizersBackend", "PreTrainedTokenizerFast"))
    return folder


def wan_images(folder: Path, *, reads_pictures: bool = False, two: bool = False) -> Path:
    """Like Wan 2.2 I2V; one that `reads_pictures` like 2.1, with a place for `two` like 2.1 FLF2V."""
    from generation.diffusers_compat import diffusers, transformers

    more: dict[str, Any] = {}
    parts: dict[str, Any] = {"image_encoder": None, "image_processor": None}
    if reads_pictures:
        config = transformers.CLIPVisionConfig(
            hidden_size=8,
            projection_dim=8,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=32,
            intermediate_size=16,
            patch_size=16,
        )
        parts["image_encoder"] = transformers.CLIPVisionModel(config)
        parts["image_processor"] = transformers.CLIPImageProcessor(crop_size=32, size={"shortest_edge": 32})
        # Four places and the whole, of each picture.
        more = {"image_dim": 8, "added_kv_proj_dim": 24} | ({"pos_embed_seq_len": 10} if two else {})
    wan = tiny_wan.parts(in_channels=12, **more)
    return save(diffusers.WanImageToVideoPipeline(**wan, **parts), folder)


def wan_vace(folder: Path) -> Path:
    from generation.diffusers_compat import diffusers

    wan = tiny_wan.parts()
    config = {name: value for name, value in wan["transformer"].config.items() if not name.startswith("_")}
    wan["transformer"] = diffusers.WanVACETransformer3DModel(
        **{name: config[name] for name in tiny_wan.SHAPE}, vace_layers=[0], vace_in_channels=8 + 64
    )
    return save(diffusers.WanVACEPipeline(**wan), folder)


def cogvideox(folder: Path, *, begins_with_pictures: bool = False, newer: bool = False) -> Path:
    """Like CogVideoX 5B, or 1.5 5B, or what of these `begins_with_pictures`."""
    from generation.diffusers_compat import diffusers

    vae = diffusers.AutoencoderKLCogVideoX(
        down_block_types=("CogVideoXDownBlock3D",) * 4,
        up_block_types=("CogVideoXUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8),
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=2,
        temporal_compression_ratio=4,
    )
    transformer = diffusers.CogVideoXTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        in_channels=8 if begins_with_pictures else 4,
        out_channels=4,
        time_embed_dim=2,
        text_embed_dim=WIDTH,
        num_layers=1,
        sample_width=8,
        sample_height=4,
        sample_frames=17,
        patch_size=2,
        patch_size_t=2 if newer else None,
        max_text_seq_length=226,
        use_rotary_positional_embeddings=True,
        patch_bias=not newer,
    )
    kind = diffusers.CogVideoXImageToVideoPipeline if begins_with_pictures else diffusers.CogVideoXPipeline
    parts = {"tokenizer": words(), "text_encoder": t5(), "vae": vae, "transformer": transformer}
    return save(kind(**parts, scheduler=diffusers.CogVideoXDDIMScheduler()), folder)
