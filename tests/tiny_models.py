"""Pipelines of further families, as published folders have them, with random weights that take no time.

Each is built of diffusers' own classes and written by `save_pretrained`.
"""

import importlib
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
        sample_width=12,
        sample_height=8,
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


def hunyuan15(folder: Path, *, begins_with_pictures: bool = False) -> Path:
    """Like HunyuanVideo 1.5, which reads prompts as a chat."""
    from generation.diffusers_compat import diffusers, transformers

    tokenizer = words()
    tokenizer.chat_template = (
        "{% for said in messages %}{{ said['role'] }}: {{ said['content'] }}{% endfor %}"
    )
    reader = transformers.Qwen2_5_VLTextModel(
        transformers.Qwen2_5_VLTextConfig(
            vocab_size=256,
            hidden_size=WIDTH,
            intermediate_size=16,
            num_hidden_layers=3,
            num_attention_heads=2,
            num_key_value_heads=2,
            rope_parameters={"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e6},
            pad_token_id=0,
            bos_token_id=1,
            eos_token_id=1,
        )
    )
    glyphs = transformers.T5EncoderModel(
        transformers.T5Config(
            vocab_size=384,
            d_model=8,
            d_kv=4,
            d_ff=16,
            num_layers=1,
            num_heads=2,
            feed_forward_proj="gated-gelu",
        )
    )
    vae = diffusers.AutoencoderKLHunyuanVideo15(
        latent_channels=4, block_out_channels=(16, 16, 32, 32, 32), layers_per_block=1
    )
    transformer = diffusers.HunyuanVideo15Transformer3DModel(
        in_channels=9,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=8,
        num_layers=1,
        num_refiner_layers=1,
        mlp_ratio=2.0,
        text_embed_dim=WIDTH,
        text_embed_2_dim=8,
        image_embed_dim=8,
        rope_axes_dim=(2, 2, 4),
        target_size=80,
        task_type="i2v" if begins_with_pictures else "t2v",
    )
    parts: dict[str, Any] = {
        "text_encoder": reader,
        "tokenizer": tokenizer,
        "text_encoder_2": glyphs,
        "tokenizer_2": transformers.ByT5Tokenizer(),
        "transformer": transformer,
        "vae": vae,
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
        "guider": diffusers.ClassifierFreeGuidance(guidance_scale=6.0),
    }
    if not begins_with_pictures:
        return save(diffusers.HunyuanVideo15Pipeline(**parts), folder)
    size = {"height": 32, "width": 32}
    parts["feature_extractor"] = transformers.SiglipImageProcessor(size=size)
    parts["image_encoder"] = transformers.SiglipVisionModel(
        transformers.SiglipVisionConfig(
            hidden_size=8,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            image_size=32,
            patch_size=16,
        )
    )
    return save(diffusers.HunyuanVideo15ImageToVideoPipeline(**parts), folder)


def ltx2(folder: Path) -> Path:
    from generation.diffusers_compat import diffusers, transformers

    text = {
        "vocab_size": 256,
        "hidden_size": WIDTH,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 1,
    }
    vision = {
        "hidden_size": 8,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": 32,
        "patch_size": 16,
    }
    reader = transformers.Gemma3ForConditionalGeneration(
        transformers.Gemma3Config(text_config=text, vision_config=vision, mm_tokens_per_image=4)
    )
    vae = diffusers.AutoencoderKLLTX2Video(
        latent_channels=4,
        block_out_channels=(4, 8, 16, 32),
        decoder_block_out_channels=(16, 32, 64),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1),
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    )
    heard = diffusers.AutoencoderKLLTX2Audio(
        base_channels=4, ch_mult=(1, 1, 1), num_res_blocks=1, resolution=32, latent_channels=2, mel_bins=8
    )
    heads = {"num_attention_heads": 2, "attention_head_dim": 8, "num_layers": 1}
    connectors: dict[str, Any] = {
        f"{kind}_connector_{name}": value for kind in ("video", "audio") for name, value in heads.items()
    }
    parts: dict[str, Any] = {
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(
            use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, max_image_seq_len=4096
        ),
        "vae": vae,
        "audio_vae": heard,
        "text_encoder": reader,
        "tokenizer": words(),
        "connectors": package("ltx2").LTX2TextConnectors(
            caption_channels=WIDTH,
            text_proj_in_factor=3,
            video_connector_num_learnable_registers=None,
            audio_connector_num_learnable_registers=None,
            rope_type="split",
            **connectors,
        ),
        "transformer": diffusers.LTX2VideoTransformer3DModel(
            in_channels=4,
            out_channels=4,
            num_attention_heads=2,
            attention_head_dim=8,
            cross_attention_dim=16,
            audio_in_channels=4,
            audio_out_channels=4,
            audio_num_attention_heads=2,
            audio_attention_head_dim=4,
            audio_cross_attention_dim=8,
            num_layers=2,
            caption_channels=WIDTH,
            rope_type="split",
        ),
        "vocoder": package("ltx2").LTX2Vocoder(
            in_channels=16,
            hidden_channels=32,
            upsample_kernel_sizes=[4, 4],
            upsample_factors=[2, 2],
            resnet_kernel_sizes=[3],
            resnet_dilations=[[1, 3, 5]],
            output_sampling_rate=16000,
        ),
    }
    return save(diffusers.LTX2Pipeline(**parts), folder)


def package(name: str) -> Any:
    """Of a pipeline's own parts, which diffusers itself doesn't name."""
    return importlib.import_module(f"diffusers.pipelines.{name}")
