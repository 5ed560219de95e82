"""What a large library has beside its clips: values in fields of its brands' own, and what prompts mean."""

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.custom_fields import fields
from dam.custom_fields.definitions import Kind
from dam.custom_fields.planning import OptionWish, Wish
from dam.search.encoders.base import TextEmbedding
from dam.search.models import EncoderIndex
from tests.benchmarks import scale_library
from tests.benchmarks.binary_copy import Copy
from tests.benchmarks.scale_library import Library
from tests.factories import member

CHANNELS = 20  # each on as many clips
BUDGETS = 10_000  # as many values, each on as many clips
# Every third clip has a prompt that was read; of a million, whose graph alone takes ten minutes, every tenth.
PROMPTED, MOST_PROMPTS = 3, 100_000
# What other texts score on a prompt, of vectors drawn as scale_library draws them: near the mean and the
# spread of their cosines.
LEVEL, SPREAD = 0.4, 0.15
PROMPT_SEED = 7
_INDEXES = ("number", "day", "yes", "option", "person", "text", "field")


def write_fields(library: Library) -> Library:
    """A choice and a number for every clip; the library with its brands as they are now."""
    with (
        scale_library.unwatched(),
        scale_library.indexed_afterwards(*(f"field_value_{name}" for name in _INDEXES)),
    ):
        for brand in (library.brand, library.small):
            _write_fields(brand)
    return library.anew()


def _write_fields(brand: Brand) -> None:
    by = member(brand, Role.ADMIN)
    options = tuple(OptionWish(f"Channel {number}") for number in range(CHANNELS))
    channel = fields.make(Wish("Channel", options=options), kind=Kind.CHOICE, by=by)
    budget = fields.make(Wish("Budget"), kind=Kind.NUMBER, by=by)
    keys = list(channel.options.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dam_fieldvalue (asset_id, field_id, option_id)"
            " SELECT asset_id, %s, (%s::bigint[])[1 + mod(n::bigint * 31, %s)] FROM seed WHERE brand_id = %s",
            [channel.pk, keys, CHANNELS, brand.pk],
        )
        cursor.execute(
            "INSERT INTO dam_fieldvalue (asset_id, field_id, number)"
            " SELECT asset_id, %s, mod(n::bigint * 7919, %s) FROM seed WHERE brand_id = %s",
            [budget.pk, BUDGETS, brand.pk],
        )


def write_prompts(index: EncoderIndex, *, clusters: int) -> None:
    """What prompts mean: drawn as pictures are, for texts about one thing lie together, too."""
    every = max(PROMPTED, scale_library.count() // MOST_PROMPTS)
    versions, brands = scale_library.keys_of(f"mod(n, {every}) = 1")
    columns = {"version_id": "uuid", "brand_id": "int8", "encoder_id": "int2"}
    columns |= {"level": "float8", "spread": "float8", "vector": "halfvec"}
    first = 0
    with Copy("dam_promptmeaning", columns, dimensions=index.dimensions) as copy:
        for vectors in scale_library.clustered(
            len(versions), dimensions=index.dimensions, clusters=clusters, seed=PROMPT_SEED
        ):
            these = slice(first, first + len(vectors))
            first += len(vectors)
            known = {"version_id": versions[these], "brand_id": brands[these], "encoder_id": index.pk}
            copy.write(len(vectors), {**known, "level": LEVEL, "spread": SPREAD, "vector": vectors})


def prompts(count: int, *, dimensions: int, clusters: int) -> NDArray[np.float32]:
    """Vectors of texts that prompts are to be like: near one of their centres."""
    return scale_library.queries(count, dimensions=dimensions, clusters=clusters, seed=PROMPT_SEED)


def meaning(vector: NDArray[np.float32]) -> TextEmbedding:
    """As a worker would answer of a text with this vector."""
    return TextEmbedding(vector=tuple(vector.tolist()), steepness=1 / SPREAD, level=LEVEL)
