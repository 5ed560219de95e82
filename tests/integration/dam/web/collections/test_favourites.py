"""The star of a clip."""

from django.test import Client

from dam.catalog.models import Asset
from tests.integration.dam.web.collections.addresses import titles


def test_a_clip_is_starred_on_its_page_and_its_card_shows_it(client: Client, clips: list[Asset]) -> None:
    page = f"/b/northwind/assets/{clips[0].pk}/"
    assert 'aria-pressed="false"' in client.get(page).text
    html = client.post(f"{page}favourite/", {"on": "1", "back": page}, follow=True).text
    assert "“Clip A” is one of your favourites." in html
    assert 'aria-pressed="true"' in html
    assert "One of your favourites" in client.get("/b/northwind/").text
    assert titles(client.get("/b/northwind/", {"favourite": "yes"}).text) == ["Clip A"]


def test_a_press_of_the_star_brings_the_star_again(client: Client, clips: list[Asset]) -> None:
    address = f"/b/northwind/assets/{clips[0].pk}/favourite/"
    for on, pressed in (("1", "true"), ("1", "true"), ("0", "false")):
        html = client.post(address, {"on": on}, headers={"HX-Request": "true"}).text
        assert f'aria-pressed="{pressed}"' in html
        assert "<main" not in html


def test_the_star_of_a_card_comes_back_alone(client: Client, clips: list[Asset]) -> None:
    library = client.get("/b/northwind/").text
    assert library.count('class="card-star') == 3
    address = f"/b/northwind/assets/{clips[0].pk}/favourite/"
    html = client.post(address, {"on": "1", "card": "1"}, headers={"HX-Request": "true"}).text
    assert html.count("<button") == 1
    assert 'aria-pressed="true"' in html
    assert 'aria-pressed="true"' in client.get("/b/northwind/").text
