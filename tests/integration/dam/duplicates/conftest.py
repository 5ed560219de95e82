"""A brand, and clips that look like what a test says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dam.accounts.models import Brand
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from tests.factories import BrandFactory, RenditionFactory, VersionFactory

Looking = Callable[..., Version]


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


@pytest.fixture
def looking(brand: Brand, tmp_path: Path) -> Looking:
    """A version with a sprite of the scene `seed`; `noise` makes it a copy that was encoded anew."""

    def make(seed: int, *, noise: int = 0, asset__brand: Brand = brand, **fields: Any) -> Version:
        chance = np.random.default_rng(seed)
        sheet = Image.new("RGB", (5 * 160, 90))
        for place in range(5):
            small = chance.integers(0, 255, (9, 16, 3), np.uint8)
            sheet.paste(Image.fromarray(small).resize((160, 90), Image.Resampling.BICUBIC), (160 * place, 0))
        pixels = np.asarray(sheet, np.int16) + np.random.default_rng(noise).integers(
            -noise, noise + 1, (90, 800, 3)
        )
        path = tmp_path / f"{seed}-{noise}.webp"
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path, quality=72)
        if "asset" not in fields:
            fields["asset__brand"] = asset__brand
        version: Version = VersionFactory.create(**fields)
        stored = storage.put(path, brand_id=version.brand_id, suffix=".webp")
        RenditionFactory.create(
            version=version,
            kind=RenditionKind.SPRITE,
            storage_key=stored.key,
            size=stored.size,
            sha256=stored.sha256,
            details={
                "columns": 5,
                "rows": 1,
                "tile_width": 160,
                "tile_height": 90,
                "frames": [4, 14, 24, 33, 43],
            },
        )
        return version

    return make
