"""What every refusal says, whoever raises it."""

import importlib
import pkgutil

import pytest

import dam
import generation
import provenance
from dam.core.errors import Refused
from dam.media.errors import FileRefused

HEAVY = ("dam.embedded", "dam.core.sandbox.inside", "generation.previz", "generation.evaluation")


class TooLoud(Refused):
    code = "too_loud"
    title = "Too loud"
    message = "It is too loud. Turn it down."


def named_refusals() -> list[type[Refused]]:
    """Every subclass that the product defines."""
    for package in (dam, generation, provenance):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            name = module.name
            if name.startswith(HEAVY) or "migrations" in name or ".management." in name:
                continue
            importlib.import_module(name)
    found, rest = [], [Refused]
    while rest:
        rest += (below := rest.pop().__subclasses__())
        found += [
            each for each in below if each.__module__.split(".")[0] in ("dam", "generation", "provenance")
        ]
    return found


def test_a_class_says_what_is_refused_and_an_instance_may_say_it_better() -> None:
    assert (TooLoud().code, TooLoud().title, str(TooLoud())) == (
        "too_loud",
        "Too loud",
        "It is too loud. Turn it down.",
    )
    assert (TooLoud("Much too loud.", code="deafening").code, TooLoud("Much.").message) == (
        "deafening",
        "Much.",
    )


def test_one_instance_does_not_change_the_class() -> None:
    TooLoud("Much too loud.", code="deafening", title="Deafening")
    assert (TooLoud.code, TooLoud.title) == ("too_loud", "Too loud")


def test_every_refusal_of_the_product_has_a_code_of_its_own() -> None:
    """Programs tell them apart by it; classes that take a code for each case are given one when raised."""
    fixed = [each.code for each in named_refusals() if "code" in vars(each) and each.code != Refused.code]
    assert len(fixed) > 20
    assert sorted(fixed) == sorted(set(fixed))


@pytest.mark.parametrize("code", ["empty", "too_long", "disk_full"])
def test_a_refused_file_has_title_and_sentence_by_its_code(code: str) -> None:
    refused = FileRefused(code)
    assert refused.title
    assert refused.message.endswith(".")
