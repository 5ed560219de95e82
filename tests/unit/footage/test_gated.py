"""The bundled encoder: drawn pictures are seen by one half, filmed ones by the other."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.conf import settings

from dam.search.encoders import concepts, model_card, sentences
from dam.search.encoders.base import Pictures, Vectors
from dam.search.encoders.concepts import ConceptEncoder, weights
from dam.search.encoders.gated import UNKNOWN_WORD, Gate, GatedEncoder
from dam.search.encoders.openclip import OpenClip
from dam.search.fusion import LEAST_LIKELIHOOD, Scale
from generation.footage import evaluate
from generation.previz.world import rendering, scenes

pytestmark = pytest.mark.model
VALID = Path(settings.BASE_DIR).parent / "shared" / "media" / "valid"
FOLDER = settings.BASE_DIR / "generation/footage/weights/reelproof-clip"


@pytest.fixture(scope="module")
def encoder() -> GatedEncoder:
    return GatedEncoder(model_card.read(FOLDER))


@pytest.fixture(scope="module")
def drawn() -> Pictures:
    made = rendering.render([scenes.sample(seed) for seed in range(6)], frames=1, height=144, width=256)
    return made.flatten(0, 1).numpy()


def log_odds(encoder: GatedEncoder, words: str, pictures: Pictures) -> np.ndarray:
    vector = encoder.understand(words).vector
    assert vector is not None
    return np.asarray(encoder.encode_frames(pictures) @ np.array(vector))


def test_vectors_have_length_one(encoder: GatedEncoder, drawn: Pictures) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (2, 90, 160, 3), dtype=np.uint8)
    for vectors in (encoder.encode_frames(drawn), encoder.encode_frames(noise)):
        assert vectors.shape[1] == encoder.dimensions
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)


def test_drawn_pictures_say_what_the_drawn_half_says(encoder: GatedEncoder, drawn: Pictures) -> None:
    half = OpenClip(model_card.read(FOLDER / json.loads((FOLDER / "reelproof.json").read_text())["drawn"]))
    meaning = half.understand("red ball")
    assert meaning.vector is not None
    alone = meaning.steepness * (half.encode_frames(drawn) @ np.array(meaning.vector) - meaning.level)
    assert log_odds(encoder, "red ball", drawn) == pytest.approx(alone, abs=0.35)


def test_no_drawn_picture_answers_to_a_word_that_its_half_never_learned(
    encoder: GatedEncoder, drawn: Pictures
) -> None:
    assert encoder.understand("crocodile").unknown_words == ()
    scale = Scale(steepness=1.0, level=0.0)
    odds = log_odds(encoder, "crocodile", drawn)
    assert max(scale.likelihood(float(each)) for each in odds) < LEAST_LIKELIHOOD / 10


def test_a_word_that_was_never_drawn_counts_against_drawn_pictures(
    encoder: GatedEncoder, drawn: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder._gate, "drawn", lambda features: torch.ones(len(features)))
    with_parrot, without = (log_odds(encoder, words, drawn) for words in ("white parrot", "white"))
    assert with_parrot == pytest.approx(without - UNKNOWN_WORD, abs=0.1)


def test_filmed_pictures_are_compared_by_concepts(
    encoder: GatedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder._gate, "drawn", lambda features: torch.zeros(len(features)))
    half = ConceptEncoder(FOLDER)
    pictures = np.random.default_rng(1).integers(0, 255, (2, 120, 160, 3), dtype=np.uint8)  # nothing drawn
    text = half.read(["a crocodile"])[0]
    steepness, level = half.scale(text)
    alone = steepness * (half.look(pictures)[0] @ text - level)
    assert log_odds(encoder, "a crocodile", pictures) == pytest.approx(alone.numpy(), abs=0.05)


def test_a_sentence_means_what_its_paraphrase_means() -> None:
    cat, kitten, market = sentences.Sentences(FOLDER).encode(
        ["a cat on a sofa", "a kitten lying on a couch", "the stock market"]
    )
    assert cat @ kitten > 0.6
    assert cat @ market < 0.2


def test_small_weights_are_what_they_were() -> None:
    matrix = torch.randn(20, 30)
    whole = sentences._whole(sentences.small({"m": matrix, "b": torch.ones(3)}))
    assert whole["m"] == pytest.approx(matrix, abs=0.03)
    assert whole["b"].tolist() == [1, 1, 1]


def test_only_what_stands_out_in_a_picture_counts() -> None:
    logits = torch.zeros(1, 1000)
    logits[0, 7] = 9.0
    assert weights(logits).nonzero().tolist() == [[0, 7]]


def test_the_gate_is_half_open_at_its_level() -> None:
    gate = Gate(
        mean=torch.zeros(2),
        basis=torch.tensor([[1.0, 0.0]]),
        level=torch.tensor(0.5),
        width=torch.tensor(0.1),
    )
    assert gate.drawn(torch.tensor([[3.0, 0.0], [1.0, 1.0], [0.0, 2.0]])).tolist() == pytest.approx(
        [0.9933, 0.5, 0.0067], abs=1e-3
    )


@pytest.mark.skipif(not VALID.is_dir(), reason="needs the shared clips")
@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("io_cockatoo.mp4", "a white parrot"),
        ("in_car-detection.mp4", "cars on a road"),
        ("in_bottle-detection.mp4", "bottles"),
    ],
)
def test_what_is_filmed_is_found(encoder: GatedEncoder, file: str, words: str) -> None:
    clips = ("io_cockatoo.mp4", "in_car-detection.mp4", "in_bottle-detection.mp4")
    scores = {name: log_odds(encoder, words, evaluate.frames(VALID / name)).max() for name in clips}
    assert max(scores, key=lambda name: scores[name]) == file


def test_a_fused_classifier_says_what_it_said() -> None:
    import timm

    plain: Any = timm.create_model(concepts.ARCHITECTURE, pretrained=False).eval()
    for module in plain.modules():
        if hasattr(module, "running_mean"):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
    fused = copy.deepcopy(plain)
    concepts._fuse(fused)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in fused.modules())
    with torch.inference_mode():
        picture = torch.rand(1, 3, 64, 64)
        assert fused(picture) == pytest.approx(plain(picture), abs=1e-3)


def test_a_filmed_picture_is_not_looked_at_as_drawn(
    encoder: GatedEncoder, drawn: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = torch.tensor([0.0005, 1.0])
    monkeypatch.setattr(encoder._gate, "drawn", lambda features: shares)
    given: list[int] = []
    encode = encoder._drawn.encode_frames

    def look(pictures: Pictures) -> Vectors:
        given.append(len(pictures))
        return encode(pictures)

    monkeypatch.setattr(encoder._drawn, "encode_frames", look)
    vectors = encoder.encode_frames(drawn[:2])
    assert given == [1]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)


def test_whoever_reads_text_alone_loads_no_classifier() -> None:
    fresh = GatedEncoder(model_card.read(FOLDER))
    fresh.understand("a red ball")
    assert "_classifier" not in vars(fresh._filmed)


def test_sentences_mean_the_same_in_bfloat16() -> None:
    read = sentences.Sentences(FOLDER)
    exact, narrow = copy.deepcopy(read._model).float(), copy.deepcopy(read._model).bfloat16()
    texts = ["a man playing a guitar", "snow", "two people talk in front of a large window at night"]
    read._model = exact
    whole = read.encode(texts)
    read._model = narrow
    assert float((whole * read.encode(texts)).sum(1).min()) > 0.999
