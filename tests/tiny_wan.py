"""A Wan pipeline as published folders have it, with random weights that make nothing and take no time."""

from pathlib import Path
from typing import Any

SHAPE: dict[str, Any] = {
    "patch_size": (1, 2, 2),
    "num_attention_heads": 2,
    "attention_head_dim": 12,
    "in_channels": 4,
    "out_channels": 4,
    "text_dim": 16,
    "freq_dim": 16,
    "ffn_dim": 32,
    "num_layers": 1,
    "rope_max_seq_len": 128,
}


def write(folder: Path, *, begins_with_pictures: bool = False) -> Path:
    """As `save_pretrained` writes it, with diffusers' own classes alone.

    One that `begins_with_pictures` is cut like Wan 2.2 5B: a time for each token, an autoencoder of patches.
    """
    from generation.diffusers_compat import diffusers

    made = parts(patches=begins_with_pictures)
    pipeline = diffusers.WanPipeline(**made, expand_timesteps=begins_with_pictures)
    pipeline.save_pretrained(folder, safe_serialization=True)
    for path in (folder / "model_index.json", folder / "tokenizer" / "tokenizer_config.json"):
        # As folders of before transformers 5 say it, which published ones are.
        path.write_text(path.read_text().replace("TokenizersBackend", "PreTrainedTokenizerFast"))
    return folder


def parts(*, patches: bool = False, **transformer_more: Any) -> dict[str, Any]:
    """The parts of one; further arguments are its transformer's."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    from generation.diffusers_compat import diffusers, transformers

    of_patches = {"patch_size": 2, "in_channels": 12, "out_channels": 12, "scale_factor_spatial": 16}
    vae = diffusers.AutoencoderKLWan(
        **(of_patches | {"is_residual": True} if patches else {}),
        base_dim=4,
        z_dim=4,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )
    transformer = diffusers.WanTransformer3DModel(**SHAPE | transformer_more)
    encoder = transformers.UMT5EncoderModel(
        transformers.UMT5Config(
            vocab_size=256,
            d_model=16,
            d_kv=8,
            d_ff=16,
            num_layers=1,
            num_heads=2,
            feed_forward_proj="gated-gelu",
            pad_token_id=0,
            eos_token_id=1,
        )
    )
    words = Tokenizer(models.BPE(unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    special = ["<pad>", "</s>", "<unk>"]
    words.train_from_iterator(["a red ball"], trainers.BpeTrainer(vocab_size=200, special_tokens=special))
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
    scheduler = diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
    )
    return {
        "tokenizer": tokenizer,
        "text_encoder": encoder,
        "vae": vae,
        "scheduler": scheduler,
        "transformer": transformer,
    }
