"""Pictures by the things that a classifier sees in them, in the space of a sentence encoder.

Convex combination of semantic embeddings (ConSE, Norouzi et al. 2013): a picture's vector is the mean of
the sentences that describe what a classifier takes it for, so that any words can be compared with it and
nothing is trained. It knows the thousand classes of ImageNet; of what else there is, it sees what
resembles it.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from dam.core import dtypes, torchvision_compat  # noqa: F401
from dam.search.encoders.base import Pictures
from dam.search.encoders.sentences import Sentences

import timm  # isort: skip

ARCHITECTURE, SIDE = "tf_efficientnet_lite2", 260
BATCH = 16
# A class counts from so many standard deviations above the mean of a picture's logits. On a thousand
# photographs this finds more (45 % among five of 200) than the fifty likeliest classes by their
# probability do (39 %).
LEAST_DEVIATIONS = 1.5
# How far above chance words must fit: a match is even at LEVEL standard deviations above what random pictures
# score. Of filmed clips nine of ten then pass the line that results are cut at, and one in ten of the others.
LEVEL, STEEPNESS = 2.25, 1.7


class ConceptEncoder:
    """What the bundled encoder sees in filmed pictures. gated.py puts `look` and `read` together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sentences = Sentences(folder)
        concepts = _floats(folder / "concepts.safetensors")
        self._concepts = concepts["concepts"]  # [1000, 384]
        self._chance = concepts["chance_mean"], concepts["chance_covariance"]  # [384], [384, 384]

    @cached_property
    def _classifier(self) -> Any:
        """Loaded for the first picture: who only answers searches needs none."""
        classifier: Any = timm.create_model(ARCHITECTURE, pretrained=False).eval()
        classifier.load_state_dict(_floats(self._folder / "classifier.safetensors"))
        # Each makes it half again as fast on a processor.
        _fuse(classifier)
        return classifier.to(memory_format=torch.channels_last)

    def look(self, pictures: Pictures) -> tuple[Tensor, Tensor]:
        """What is seen: unit vectors [N, 384], and the classifier's features [N, 1280]."""
        features, vectors = [], []
        with torch.inference_mode():
            for at in range(0, len(pictures), BATCH):
                seen, logits = self._classify(torch.from_numpy(pictures[at : at + BATCH]))
                features.append(seen)
                vectors.append(functional.normalize(weights(logits) @ self._concepts, dim=1))
        return torch.cat(vectors), torch.cat(features)

    def read(self, texts: list[str]) -> Tensor:
        """Unit vectors [N, 384]."""
        return self._sentences.encode(texts)

    def scale(self, text: Tensor) -> tuple[float, float]:
        """Steepness and level (fusion.Scale) of the cosines of one text, [384]: words differ in what random
        pictures score by them."""
        mean, covariance = self._chance
        spread = float((text @ covariance @ text).clamp_min(1e-8).sqrt())
        return STEEPNESS / spread, float(text @ mean) + LEVEL * spread

    def _classify(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        x = pictures.permute(0, 3, 1, 2)  # in bytes until it is small: eight times as fast
        # The whole picture, squeezed: what stands at the edge counts. A crop of the middle does no better.
        x = functional.interpolate(x, size=(SIDE, SIDE), mode="bicubic", antialias=True, align_corners=False)
        x = (x.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        with dtypes.autocast(x.device):
            features = self._classifier.forward_head(self._classifier.forward_features(x), pre_logits=True)
            logits = self._classifier.get_classifier()(features)
        return features.float(), logits.float()


def weights(logits: Tensor) -> Tensor:
    """How much each class counts in a picture, [N, 1000]: what stands out, and nothing for the rest."""
    above = logits - logits.mean(1, keepdim=True) - LEAST_DEVIATIONS * logits.std(1, keepdim=True)
    return above.clamp_min(0)


def chance(concepts: Tensor, *, pictures: int = 4000, classes: int = 12) -> tuple[Tensor, Tensor]:
    """Mean [D] and covariance [D, D] of random pictures' vectors: mixtures of a few concepts [1000, D]."""
    dice = torch.Generator().manual_seed(0)
    chosen = torch.stack([torch.randperm(len(concepts), generator=dice)[:classes] for _ in range(pictures)])
    share = torch.empty(pictures, classes, 1).exponential_(generator=dice)
    mixed = functional.normalize((concepts[chosen] * share).sum(1), dim=1)
    return mixed.mean(0), mixed.T.cov()


def _fuse(classifier: Any) -> None:
    """Work the normalisations of a finished EfficientNet into its convolutions: fewer passes over memory."""
    for block in classifier.modules():
        narrow = hasattr(block, "conv_pwl")  # which normalisation follows which convolution
        norms = {"conv_stem": "bn1", "conv_head": "bn2", "conv_pwl": "bn3"}
        norms |= {"conv_pw": "bn1", "conv_dw": "bn2"} if narrow else {"conv_dw": "bn1", "conv_pw": "bn2"}
        for convolution, norm in norms.items():
            if hasattr(block, convolution):
                after = getattr(block, norm)
                setattr(block, convolution, fuse_conv_bn_eval(getattr(block, convolution), after))
                setattr(block, norm, nn.Sequential(after.drop, after.act))


def _floats(file: Path) -> dict[str, Tensor]:
    return {name: value.float() for name, value in load_file(file).items()}
