"""The web process never loads what only workers need."""

import subprocess
import sys

# boto3: only where files are kept in a bucket.
HEAVY = ("boto3", "torch", "torchvision", "diffusers", "transformers", "accelerate", "open_clip", "timm")

LOAD_EVERYTHING = f"""
import sys
import dam.asgi
from django.urls import get_resolver

def walk(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            walk(pattern)
        else:
            pattern.callback

walk(get_resolver())
print(sorted({{name.partition(".")[0] for name in sys.modules}} & {set(HEAVY)!r}))
"""


def test_the_whole_site_loads_without_torch() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD_EVERYTHING], capture_output=True, text=True, check=True, timeout=120
    )
    assert loaded.stdout.strip() == "[]"
