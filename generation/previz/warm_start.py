"""A run can begin with the weights of an exported folder, on any machine: what was learnt is not lost."""

import json
from pathlib import Path

from generation import weights
from generation.diffusers_compat import transformers
from generation.previz.codec import PatchCodec
from generation.previz.training_run import TrainingRun
from generation.previz.transformer import PlacedTransformer


def place_codec(start: Path, run_folder: Path) -> None:
    """Give a new run the codec that the weights were trained with: they mean nothing to another one."""
    if (run_folder / "codec").exists():
        return
    codec = PatchCodec.from_pretrained(start / "vae", local_files_only=True)
    codec.refiner = None
    codec.register_to_config(refine_width=0)
    codec.save_pretrained(run_folder / "codec")


def take_up(run: TrainingRun, start: Path) -> None:
    """Begin a new run with the weights, step, clips and hours of an exported folder.

    Raises ValueError if its tokenizer knows other words, RuntimeError if its models have another shape.
    """
    tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained(
        start / "tokenizer", local_files_only=True
    )
    if tokenizer.get_vocab() != run.models.tokenizer.get_vocab():
        raise ValueError(f"The words of {start.name} are not those of this world.")
    transformer = PlacedTransformer.from_pretrained(start / "transformer", local_files_only=True)
    encoder = transformers.UMT5EncoderModel.from_pretrained(start / "text_encoder", local_files_only=True)
    run.models.transformer.load_state_dict(transformer.state_dict())
    run.models.encoder.load_state_dict(encoder.state_dict())
    run.teach_words(encoder=False)
    known = json.loads((start / weights.CARD_NAME).read_text())["training"]
    run.step, run.clips, run.seconds = known["steps"], known["clips_seen"], known["hours"] * 3600
