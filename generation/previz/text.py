"""The words that previz reads: a byte-level tokenizer and a small UMT5 encoder."""

from collections.abc import Iterable
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor

from generation.diffusers_compat import transformers

MAX_TOKENS = 32


def build_tokenizer(captions: Iterable[str], *, vocabulary: int = 1024) -> Any:
    """Byte-pair encoding over bytes: any Unicode text has tokens, captions' words become single ones."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=["<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(captions, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=MAX_TOKENS,
    )


def build_encoder(*, width: int, layers: int, vocabulary: int) -> Any:
    """A UMT5 encoder with random weights."""
    return transformers.UMT5EncoderModel(
        transformers.UMT5Config(
            vocab_size=vocabulary,
            d_model=width,
            d_kv=32,
            d_ff=2 * width,
            num_layers=layers,
            num_heads=width // 32,
            feed_forward_proj="gated-gelu",
            pad_token_id=0,
            eos_token_id=1,
            decoder_start_token_id=0,
            dropout_rate=0.0,
        )
    )


def encode(encoder: Any, tokens: Tensor) -> Tensor:
    """Embeddings [B, L, width] of token ids [B, L]; padding is zero, as WanPipeline makes it."""
    mask = (tokens != 0).long()
    states: Tensor = encoder(tokens, mask).last_hidden_state
    return states * mask.unsqueeze(-1)


def tokenize(tokenizer: Any, captions: list[str]) -> Tensor:
    """Token ids [B, MAX_TOKENS]."""
    batch = tokenizer(
        captions, padding="max_length", max_length=MAX_TOKENS, truncation=True, return_tensors="pt"
    )
    ids: Tensor = batch.input_ids
    return ids.to(torch.long)
