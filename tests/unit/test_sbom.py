"""The list of what is installed."""

import json

from tests import sbom


def test_the_sbom_names_every_distribution_with_its_version_and_what_it_needs() -> None:
    document = json.loads(json.dumps(sbom.document()))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    references = [each["bom-ref"] for each in document["components"]]
    assert len(references) == len(set(references))
    assert any(each.startswith("pkg:pypi/django@") for each in references)
    needs = {each["ref"].partition("@")[0]: each["dependsOn"] for each in document["dependencies"]}
    assert any(each.startswith("pkg:pypi/asgiref@") for each in needs["pkg:pypi/django"])
    assert {each for many in needs.values() for each in many} <= set(references)
    assert "pkg:npm/tus-js-client@4.3.1" in references
