"""The web process never loads what only workers need."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import BASE_DIR

# boto3: only where files are kept in a bucket.
HEAVY = ("boto3", "torch", "torchvision", "diffusers", "transformers", "accelerate", "open_clip", "timm")

# Setuptools loads itself, and Celery takes greenlet where it is.
ANYWAY = {"_distutils_hack", "greenlet"}

LOAD_EVERYTHING = """
import sys
import dam.asgi
from dam.web import warming
from django.urls import get_resolver

def walk(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            walk(pattern)
        else:
            pattern.callback

walk(get_resolver())
warming.warm()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def loaded() -> set[str]:
    """The packages and modules that the web process has when it takes its first request."""
    ended = subprocess.run(
        [sys.executable, "-c", LOAD_EVERYTHING], capture_output=True, text=True, check=True, timeout=120
    )
    return set(ended.stdout.split())


def required(name: str, extras: frozenset[str] = frozenset(), known: set[str] | None = None) -> Iterator[str]:
    """A distribution and all that it needs here."""
    known = set() if known is None else known
    key = f"{canonicalize_name(name)} {sorted(extras)}"
    if key in known:
        return
    known.add(key)
    yield canonicalize_name(name)
    try:
        needs = metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # for another system
        return
    for need in map(Requirement, needs):
        if need.marker is None or any(need.marker.evaluate({"extra": each}) for each in {"", *extras}):
            yield from required(need.name, frozenset(need.extras), known)


def test_the_whole_site_loads_without_torch_and_with_what_the_web_image_installs() -> None:
    """The image of the web process has the group "web" alone: no package that only others need is there."""
    modules = loaded()
    assert modules & set(HEAVY) == set()
    groups = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["dependency-groups"]
    there = {
        each
        for text in groups["web"]
        for wanted in [Requirement(text)]
        for each in required(wanted.name, frozenset(wanted.extras))
    }
    of = metadata.packages_distributions()
    foreign = {
        name: {canonicalize_name(each) for each in of[name]} for name in modules - ANYWAY if name in of
    }
    assert {name: found for name, found in foreign.items() if not found & there} == {}
