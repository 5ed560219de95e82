"""Print what is installed beside the code, as a CycloneDX document: `python -m tests.sbom`."""

import json
import sys
import tomllib
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import BASE_DIR

# Scripts that are kept in dam/static/vendor: what they are called on npm, and their licence.
VENDORED = {
    ("@contentauth/c2pa-wasm", "0.13.3"): "MIT",
    ("hls.js", "1.7.4"): "Apache-2.0",
    ("htmx.org", "2.0.11"): "0BSD",
    ("perfect-freehand", "1.2.3"): "MIT",
    ("tus-js-client", "4.3.1"): "MIT",
}


def document() -> dict[str, object]:
    """CycloneDX 1.5 of the distributions in this environment, those of the development groups included."""
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    own = canonicalize_name(project["name"])
    installed: dict[str, metadata.Distribution] = {
        canonicalize_name(each.metadata["Name"]): each for each in metadata.distributions()
    }
    installed.pop(own, None)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": own, "name": own, "version": project["version"]}
        },
        "components": [
            *(_component(name, installed[name]) for name in sorted(installed)),
            *(_vendored(name, version, licence) for (name, version), licence in VENDORED.items()),
        ],
        "dependencies": [
            {"ref": _purl(name, each.version), "dependsOn": _needs(each, installed)}
            for name, each in sorted(installed.items())
        ],
    }


def _component(name: str, distribution: metadata.Distribution) -> dict[str, object]:
    facts = distribution.metadata
    licence = facts["License-Expression"] or (facts["License"] or "").partition("\n")[0][:120]
    purl = _purl(name, distribution.version)
    component: dict[str, object] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": distribution.version,
        "purl": purl,
    }
    return {**component, "licenses": [{"license": {"name": licence}}]} if licence else component


def _vendored(name: str, version: str, licence: str) -> dict[str, object]:
    purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
    component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return {**component, "licenses": [{"license": {"id": licence}}]}


def _needs(distribution: metadata.Distribution, installed: dict[str, metadata.Distribution]) -> list[str]:
    wanted = [Requirement(each) for each in distribution.requires or []]
    here = {
        canonicalize_name(each.name)
        for each in wanted
        if each.marker is None or each.marker.evaluate({"extra": ""})
    }
    return [_purl(name, installed[name].version) for name in sorted(here) if name in installed]


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(), indent=1) + "\n")
