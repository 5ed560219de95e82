"""The tab of rights: what a clip was made from, recorded, removed and shown as far as somebody may see."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog import versions
from dam.catalog.models import Approval, Version
from dam.rights import making
from dam.rights.models import InheritedTerms, MadeFrom, Relation
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create()
    return made


def browser(brand: Brand, role: Role) -> Client:
    client = Client()
    client.force_login(member(brand, role).user)
    return client


def tab(client: Client, version: Version, **asked: str) -> str:
    address = reverse("asset", args=[version.brand.slug, version.asset_id])
    return client.get(address, {"tab": "rights", **asked}).content.decode()


def change(client: Client, version: Version, **said: object) -> str:
    address = reverse("asset-sources", args=[version.brand.slug, version.asset_id])
    return client.post(address, said, follow=True).content.decode()


def test_a_source_is_found_recorded_removed_and_added_again(brand: Brand) -> None:
    client = browser(brand, Role.CREATOR)
    made = VersionFactory.create(asset__brand=brand, asset__title="Cut")
    source = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Bottle turning")
    assert str(source.pk) in tab(client, made, source="turning bottle")
    address = reverse("asset", args=[brand.slug, source.asset_id])
    assert str(source.pk) in tab(client, made, source=f"https://example.test{address}?version=1")
    assert "No clip matches." in tab(client, made, source="nothing of the kind")
    page = change(client, made, source=source.pk, relation="componentOf")
    assert "Bottle turning" in page
    assert "Contains it." in page
    assert "1 version made from this one" in tab(client, source)
    assert "This is recorded already." in change(client, made, source=source.pk, relation="inputTo")
    headers = {"HX-Request": "true", "HX-Target": "panel"}
    gone = client.post(
        reverse("asset-sources", args=[brand.slug, made.asset_id]),
        {"remove": MadeFrom.objects.get().pk},
        headers=headers,
    ).content.decode()
    assert "Nothing is recorded." in gone
    assert f'value="{source.pk}"' in gone  # to undo it
    change(client, made, source=source.pk, relation="componentOf")
    assert MadeFrom.objects.get().relation == Relation.COMPONENT


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"source": "no id", "relation": "inputTo"}, "There&#x27;s no such clip here."),
        ({"relation": "inputTo"}, "There&#x27;s no such clip here."),
        ({"relation": "uncleOf"}, "Choose how the clip was used."),
        ({"remove": "9" * 30}, "This is no longer recorded."),
    ],
)
def test_odd_input_is_told(brand: Brand, said: dict[str, object], told: str) -> None:
    made, source = (VersionFactory.create(asset__brand=brand) for _ in range(2))
    if said["relation"] == "uncleOf" if "relation" in said else False:
        said = {**said, "source": source.pk}
    assert told in change(browser(brand, Role.CREATOR), made, **said)


def test_the_page_says_that_more_were_made_from_it_than_it_counts(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_COUNTED", 1)
    card = VersionFactory.create(asset__brand=brand)
    for _number in range(2):
        cut = VersionFactory.create(asset__brand=brand)
        MadeFrom.objects.create(version=cut, source=card, relation=Relation.COMPONENT)
    assert "More than 1 versions made from this one" in tab(browser(brand, Role.CREATOR), card)


def test_more_that_match_than_are_shown_are_told(brand: Brand) -> None:
    made, client = VersionFactory.create(asset__brand=brand), browser(brand, Role.CREATOR)
    for _number in range(9):
        VersionFactory.create(asset__brand=brand, asset__title="Bottle")
    page = tab(client, made, source="bottle")
    assert page.count('<span class="visually-hidden">Bottle</span>') == 8
    assert "The 8 newest are shown." in page
    VersionFactory.create(asset__brand=brand, asset__title="Bottle two")
    assert "newest are shown" not in tab(client, made, source="bottle two")


def test_a_clip_of_another_brand_is_not_there(brand: Brand) -> None:
    made, elsewhere = VersionFactory.create(asset__brand=brand), ApprovedVersionFactory.create()
    client = browser(brand, Role.CREATOR)
    told = change(client, made, source=elsewhere.pk, relation="inputTo")
    assert "There&#x27;s no such clip here." in told
    address = reverse("asset", args=[elsewhere.brand.slug, elsewhere.asset_id])
    assert "No clip matches." in tab(client, made, source=address)


def test_who_sees_released_work_alone_learns_no_name(brand: Brand) -> None:
    by = member(brand, Role.ADMIN)
    made = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Cut")
    secret = VersionFactory.create(asset__brand=brand, asset__title="Secret")
    making.add(made, secret, relation=Relation.INPUT, by=by)
    making.add(made, VersionFactory.create(asset__brand=brand), relation=Relation.INPUT, by=by)
    making.add(VersionFactory.create(asset__brand=brand, asset__title="Hidden"), made,
               relation=Relation.PARENT, by=by)  # fmt: skip
    versions.set_approval(secret.pk, Approval.REJECTED, expected=[Approval.DRAFT])
    page = tab(browser(brand, Role.VIEWER), made)
    assert page.count("Clips you can&#x27;t see") == 1  # however many
    assert "It&#x27;s made from a clip that can&#x27;t be used now." in page
    assert "rejected" not in page
    assert "Generated with it" not in page
    assert "Secret" not in page
    assert "Hidden" not in page
    assert "made from this one" not in page
    assert "asset-sources" not in page
    assert "Not cleared for use." in page
    seen = tab(browser(brand, Role.LEGAL_REVIEWER), made)
    assert "It&#x27;s made from “Secret”, which a reviewer rejected." in seen
    assert "1 version made from this one" in seen


def test_the_check_finds_and_mends_what_is_kept_wrongly(
    brand: Brand, capsys: pytest.CaptureFixture[str]
) -> None:
    by = member(brand, Role.ADMIN)
    made, source = (ApprovedVersionFactory.create(asset__brand=brand) for _ in range(2))
    making.add(made, source, relation=Relation.INPUT, by=by)
    assert list(making.wrongly_kept()) == []
    InheritedTerms.objects.update(stopped=True)
    InheritedTerms.objects.create(version=source, stopped=True)
    assert set(making.wrongly_kept()) == {made.pk, source.pk}
    with pytest.raises(SystemExit):
        call_command("fsck")
    assert "2 versions inherit" in capsys.readouterr().out
    with pytest.raises(SystemExit):  # masters of these clips are missing; the rights are mended
        call_command("fsck", repair=True)
    assert list(making.wrongly_kept()) == []
