"""Full encoders worth a try, with the figures that are published of them: the one list of them. Pure.

Recall is OpenCLIP's own, of text to picture (SOURCE); it says nothing of how the bundled encoder would do,
which was measured on other pictures, and fewer.
"""

from dataclasses import dataclass

from dam.core.language import noop

SOURCE = "https://github.com/mlfoundations/open_clip/blob/main/docs/openclip_retrieval_results.csv"


@dataclass(frozen=True)
class Recommended:
    """Sizes in megabytes; recall is the share of captions that find their picture among the first five."""

    name: str  # as `manage.py fetch_encoder` and ENCODER_MODEL take it
    licence: str  # SPDX
    size: int  # of its weights, on disk and in a worker's memory
    flickr: float  # of 1,000 pictures of Flickr30k, percent
    coco: float  # of 5,000 pictures of MSCOCO, percent
    good_at: str


MODELS = (
    Recommended("ViT-B-32/laion2b_s34b_b79k", "MIT", 605, 88.4, 65.4, noop("the quickest of these")),
    Recommended("ViT-B-16-SigLIP-256/webli", "Apache-2.0", 813, 92.4, 72.5, noop("the best for its size")),
    Recommended("ViT-B-16-SigLIP-i18n-256/webli", "Apache-2.0", 1483, 90.4, 69.5, noop("many languages")),
    Recommended(
        "ViT-L-16-SigLIP-256/webli", "Apache-2.0", 2609, 94.5, 75.8, noop("the most, slowly without a GPU")
    ),
)
