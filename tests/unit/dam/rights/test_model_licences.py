"""What the licence of a model allows a brand, by its terms and the brand's own facts."""

from datetime import date

import pytest

from dam.rights import territories
from dam.rights.model_licences import terms
from dam.rights.model_licences.verdicts import REVENUES, Reading, Revenue, Standing, Verdict, verdict

HUNYUAN, LTX, STABILITY = (
    "tencent-hunyuan-community",
    "ltx-2-community-license-agreement",
    "stability-community",
)


def of(licence: str, **facts: object) -> Verdict:
    return verdict(licence, terms.find(licence), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("licence", "country", "revenue", "standing"),
    [
        ("Apache-2.0", "", "", "cleared"),
        ("apache-2.0", "DE", "over_10m", "cleared"),
        ("MIT", "", "", "cleared"),
        ("openrail++", "DE", "", "cleared"),
        ("CC-BY-NC-4.0", "US", "under_1m", "not_cleared"),
        ("CC-BY-NC-SA-2.5", "US", "under_1m", "not_cleared"),  # by its name alone
        ("apple-amlr", "US", "", "not_cleared"),
        ("", "DE", "under_1m", "unclear"),
        ("somebodys-own-terms", "DE", "under_1m", "unclear"),
        (HUNYUAN, "", "", "unclear"),
        (HUNYUAN, "US", "", "cleared"),
        (HUNYUAN, "DE", "", "not_cleared"),
        (HUNYUAN, "GB", "under_1m", "not_cleared"),
        (HUNYUAN, "KR", "", "not_cleared"),
        (LTX, "DE", "", "unclear"),
        (LTX, "DE", "under_1m", "cleared"),
        (LTX, "DE", "1m_to_10m", "cleared"),
        (LTX, "", "over_10m", "not_cleared"),
        (STABILITY, "", "under_1m", "cleared"),
        (STABILITY, "", "1m_to_10m", "not_cleared"),
        (STABILITY, "", "over_10m", "not_cleared"),
        ("cogvideox-license", "CN", "under_1m", "unclear"),
    ],
)
def test_a_brand_is_told_what_a_licence_means_for_it(
    licence: str, country: str, revenue: str, standing: str
) -> None:
    found = of(licence, country=country, revenue=revenue)
    assert found.standing == standing
    assert all(reason.endswith(".") for reason in found.reasons)
    assert found.reasons


def test_what_is_not_known_is_said_and_never_assumed() -> None:
    assert of(HUNYUAN).reasons == (
        "Its licence leaves out the EU, United Kingdom and South Korea, and the company's country isn't "
        "stated in the brand's settings.",
    )
    assert of(LTX, country="DE").reasons == (
        "Its licence ends at a yearly revenue of USD 10,000,000, and the company's isn't stated in the "
        "brand's settings.",
    )


def test_a_licence_that_leaves_places_out_leaves_them_out_of_what_is_made_under_it() -> None:
    places = of(HUNYUAN, country="US").places
    assert places is not None
    assert {"US", "CH", "JP"} <= set(places)
    assert not {"EU", "DE", "GB", "KR", "worldwide"} & set(places)
    assert of("MIT").places is None
    assert not territories.covers(places, "EU")


def test_what_an_administrator_read_decides() -> None:
    assert of("", reading=Reading(cleared=True)).cleared
    assert of("MIT", reading=Reading(cleared=False)).standing is Standing.NOT_CLEARED
    # A reading does not give away places that the licence leaves out, unless it says so.
    assert of(HUNYUAN, country="DE", reading=Reading(cleared=True)).left_out == ("EU", "GB", "KR")
    assert of(HUNYUAN, country="DE", reading=Reading(cleared=True, everywhere=True)).places is None


def test_every_licence_of_the_table_says_where_it_was_read_and_when() -> None:
    for each in terms.known():
        assert each.source.startswith("https://"), each.key
        assert date(2026, 11, 1) <= each.read <= date(2026, 12, 31), each.key
        assert all(territories.known(place) for place in each.left_out)
        assert terms.find(each.key) == each
        of(each.key, country="DE", revenue="over_10m")


def test_bands_of_revenue_have_names() -> None:
    assert set(REVENUES) == set(Revenue)
