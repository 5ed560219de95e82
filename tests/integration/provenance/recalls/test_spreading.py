"""A recall reaches what was made from the withdrawn clip: everyone once, whatever dies on the way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.access import share_links
from dam.accounts import principals
from dam.accounts.capabilities import Capability, Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import Approval, Asset, Version
from dam.ingest import deleting
from dam.notifications import following, inbox, lines, wording
from dam.notifications.models import Notification
from dam.rights import making
from dam.rights.models import MadeFrom, Relation
from dam.rights.policy import Use
from provenance.recalls import recalls, spreading, tasks
from provenance.recalls.models import Recall, RecallNotice
from provenance.review import ledger, reviews
from provenance.review.models import LedgerEntry
from tests.factories import ApprovedVersionFactory, VersionFactory, member, principal
from tests.recall_factory import address, because_of, case_with, client_of, made, made_from, revoked, took
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def told(case: Case, person: Member) -> int:
    while following.run(case.brand.pk):
        pass
    return Notification.objects.filter(user=person.user, kind="take_down").count()


def spread() -> None:
    while spreading.run():
        pass


def approved_again(case: Case) -> None:
    case.version.refresh_from_db()
    case.approve_all()


def source_with_viewer() -> tuple[Case, Member]:
    source = Case()
    source.approve_all()
    return source, member(source.brand, Role.VIEWER)


def test_everyone_who_took_a_copy_of_what_was_made_from_it_is_asked_at_any_remove() -> None:
    source, (viewer,) = case_with(Role.VIEWER)
    other = member(source.brand, Role.VIEWER)
    cut = made(source, viewer)
    trailer = made(cut, other)
    unrelated = Case(brand=source.brand)
    unrelated.approve_all()
    took(unrelated, viewer)
    origin = revoked(source)
    assert origin is not None
    spread()
    assert list(origin.notices.values_list("user", flat=True)) == [viewer.user.pk]
    assert [notice.user for notice in because_of(cut).notices.all()] == [viewer.user]
    assert [notice.user for notice in because_of(trailer).notices.all()] == [other.user]
    assert {each.because_of for each in (because_of(cut), because_of(trailer))} == {origin}
    assert because_of(trailer).title == trailer.version.asset.title
    assert not Recall.objects.filter(version=unrelated.version).exists()
    assert not Recall.objects.filter(to_spread=True).exists()


def test_it_reaches_them_though_nobody_took_a_copy_of_the_withdrawn_clip_itself() -> None:
    source, viewer = source_with_viewer()
    cut = made(source, viewer)
    assert revoked(source) is None  # nobody to show it for yet
    spread()
    assert because_of(cut).notices.count() == 1
    assert list(recalls.open_only(recalls.first_only(recalls.of_brand(source.legal_reviewer)))) == [
        because_of(cut).because_of
    ]


def test_a_withdrawal_sends_the_worker_and_what_is_lost_is_found_each_minute(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    sent: list[str] = []

    def offer(name: str, **_ids: object) -> bool:
        sent.append(name)
        return True

    monkeypatch.setattr("dam.core.tasks.offer", offer)
    source, viewer = source_with_viewer()
    cut = made(source, viewer)
    with django_capture_on_commit_callbacks(execute=True):
        reviews.revoke(source.version, by=source.legal_reviewer, reason="The model is gone")
    assert recalls.SPREAD in sent
    assert settings.CELERY_BEAT_SCHEDULE["spread-recalls"]["task"] == recalls.SPREAD
    tasks.spread_recalls()
    assert because_of(cut).notices.count() == 1


def _cleared_anew(source: Case, _cut: Case) -> None:
    approved_again(source)


def _not_made_from_it(_source: Case, cut: Case) -> None:
    MadeFrom.objects.filter(version=cut.version).delete()


def _nothing(_source: Case, _cut: Case) -> None:
    pass


@pytest.mark.parametrize(
    ("meanwhile", "reached"), [(_nothing, True), (_cleared_anew, False), (_not_made_from_it, False)]
)
def test_what_changes_before_the_worker_comes_counts(
    meanwhile: Callable[[Case, Case], None], reached: bool
) -> None:
    source, viewer = source_with_viewer()
    cut = made(source, viewer)
    revoked(source)
    meanwhile(source, cut)
    spread()
    assert Recall.objects.filter(version=cut.version).exists() is reached
    assert not Recall.objects.filter(to_spread=True).exists()


@pytest.mark.parametrize(
    ("meanwhile", "reached"), [(_nothing, True), (_cleared_anew, False), (_not_made_from_it, False)]
)
def test_what_is_recorded_after_the_recall_is_caught_while_its_cause_stands(
    meanwhile: Callable[[Case, Case], None], reached: bool
) -> None:
    source, viewer = source_with_viewer()
    cut = made(source)
    revoked(source)
    spread()
    late = Case(brand=source.brand)
    late.approve_all()
    took(late, viewer)
    meanwhile(source, cut)
    made_from(late, cut)
    spread()
    assert Recall.objects.filter(version=late.version).exists() is reached
    assert told(source, viewer) == int(reached)


def test_a_late_source_is_caught_though_nothing_was_made_from_the_withdrawn_clip_before() -> None:
    source, viewer = source_with_viewer()
    assert revoked(source) is None
    spread()
    late = made(source, viewer)
    spread()
    assert because_of(late).notices.count() == 1
    row = Version.objects.select_related("asset", "rights", "inherited").get(pk=late.version.pk)
    assert row.inherited.stopped  # and it isn't released meanwhile


def test_the_next_version_of_what_was_made_from_it_is_reached_by_what_it_carries() -> None:
    source, viewer = source_with_viewer()
    cut = made(source, viewer)
    revoked(source)
    spread()
    newer = cut.add_version()
    with transaction.atomic():
        making.carry(cut.version, newer)
    spread()
    assert Recall.objects.filter(version=newer, because_of__isnull=False).exists()


def test_a_worker_that_is_killed_leaves_nothing_half_done_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spreading, "SLICE", 2)
    source, viewer = source_with_viewer()
    for _ in range(5):
        made(source, viewer)
    revoked(source)
    origin = Recall.objects.get()
    spreading.step(origin.pk, None, source.brand.pk)

    def killed(*_args: object, **_given: object) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(spreading, "_record", killed)
        with pytest.raises(SystemExit):
            spreading.run()
    assert Recall.objects.filter(because_of__isnull=False).count() == 2
    spread()
    assert Recall.objects.filter(because_of__isnull=False).count() == 5
    assert RecallNotice.objects.count() == 5
    assert Event.objects.filter(verb=Verb.RECALL_REACHED).count() == 3
    assert told(source, viewer) == 1  # of all that one recall reached


def test_done_twice_nobody_is_told_twice() -> None:
    source, viewer = source_with_viewer()
    cut = made(source, viewer)
    made(cut, viewer)
    revoked(source)
    spread()
    assert told(source, viewer) == 1
    events = Event.objects.count()
    Recall.objects.update(to_spread=True, spread_after=0)  # as if it had not been noted
    spread()
    assert (Event.objects.count(), RecallNotice.objects.count()) == (events, 2)
    assert told(source, viewer) == 1


def test_a_slice_takes_as_many_queries_for_many_clips_and_people() -> None:
    def queries(clips: int) -> int:
        source, viewer = source_with_viewer()
        for _ in range(clips):
            made(source, viewer, member(source.brand, Role.VIEWER))
        revoked(source)
        origin = Recall.objects.get(version=source.version)
        with CaptureQueriesContext(connection) as found:
            spreading.step(origin.pk, None, source.brand.pk)
        assert RecallNotice.objects.filter(recall__because_of=origin).count() == 2 * clips
        return len(found)

    assert queries(2) == queries(9)


def two_sources() -> tuple[Case, Case, Case, Member]:
    first, viewer = source_with_viewer()
    second = Case(brand=first.brand)
    second.approve_all()
    cut = made(first, viewer)
    made_from(cut, second)
    return first, second, cut, viewer


def test_of_two_sources_each_has_its_recall_and_the_person_is_told_once() -> None:
    first, second, cut, viewer = two_sources()
    for source in (first, second):
        revoked(source)
        spread()
    assert Recall.objects.filter(version=cut.version).count() == 2
    assert told(first, viewer) == 1
    earlier, later = RecallNotice.objects.order_by("pk")
    assert (earlier.asked_before, later.asked_before) == (False, True)
    assert list(recalls.listed(principal(viewer.user, first.brand))) == [earlier]


@pytest.mark.parametrize("confirmed", [0, 1])
def test_confirming_one_of_two_confirms_the_other_and_so_does_taking_it_back(confirmed: int) -> None:
    first, second, _cut, viewer = two_sources()
    for source in (first, second):
        revoked(source)
        spread()
    notice = RecallNotice.objects.order_by("pk")[confirmed]
    assert recalls.confirm(notice, by=viewer, note="Down")
    assert not RecallNotice.objects.filter(confirmed_at=None).exists()
    assert recalls.take_back(notice, by=viewer)
    assert RecallNotice.objects.filter(confirmed_at=None).count() == 2


def test_what_was_confirmed_for_one_source_is_not_asked_for_another() -> None:
    first, second, cut, viewer = two_sources()
    revoked(first)
    spread()
    recalls.confirm(because_of(cut).notices.get(), by=viewer, note="")
    revoked(second)
    spread()
    assert RecallNotice.objects.count() == 1


def test_who_was_asked_for_the_clip_itself_is_not_told_again_for_its_source() -> None:
    source, viewer = source_with_viewer()
    cut = made(source, viewer)
    revoked(cut)
    spread()
    assert told(source, viewer) == 1
    revoked(source)
    spread()
    assert told(source, viewer) == 1
    assert because_of(cut).notices.get().asked_before


def test_what_was_withdrawn_itself_stays_so_when_its_source_is_cleared_anew() -> None:
    source, viewer = source_with_viewer()
    cut = made(source, viewer)
    other = made(source, viewer)
    for each in (cut, source):
        reviews.revoke(each.version, by=source.legal_reviewer, reason="The model is gone")
    spread()
    approved_again(source)
    row = Version.objects.select_related("inherited").get(pk=cut.version.pk)
    assert (row.approval, row.inherited.stopped) == (Approval.WITHDRAWN, False)
    row = Version.objects.select_related("inherited").get(pk=other.version.pk)
    assert (row.approval, row.inherited.stopped) == (Approval.APPROVED, False)
    # As of the source itself: copies are asked for until they are confirmed.
    assert because_of(other).notices.filter(confirmed_at=None).count() == 1


def test_a_person_is_told_in_plain_words_without_what_was_withdrawn() -> None:
    source, viewer = source_with_viewer()
    Asset.objects.filter(pk=source.version.asset_id).update(title="Secret model")
    source.version.asset.refresh_from_db()
    cut = made(source, viewer)
    Asset.objects.filter(pk=cut.version.asset_id).update(title="Spring cut")
    revoked(source)
    spread()
    assert told(source, viewer) == 1
    now = principal(viewer.user, source.brand)
    (row,) = [each for each in inbox.told(inbox.listed(now), to=now) if each.row.kind == "take_down"]
    assert wording.sentence(row) == (
        "“Spring cut” is made from a clip whose approval was withdrawn. Take your copies down, and confirm "
        "that they are."
    )
    assert lines.target(row) == address(viewer, "take-down", because_of(cut))


def test_of_many_clips_a_person_is_led_to_their_list() -> None:
    source, viewer = source_with_viewer()
    for _ in range(3):
        made(source, viewer)
    revoked(source)
    spread()
    assert told(source, viewer) == 1
    now = principal(viewer.user, source.brand)
    (row,) = [each for each in inbox.told(inbox.listed(now), to=now) if each.row.kind == "take_down"]
    assert wording.sentence(row).startswith("Clips you have copies of are made from one")
    assert lines.target(row) == reverse("take-downs", args=[source.brand.slug])


def test_a_reminder_reaches_who_was_asked_by_another_recall_too() -> None:
    first, second, cut, viewer = two_sources()
    for source in (first, second):
        revoked(source)
        spread()
    told(first, viewer)
    Notification.objects.all().delete()
    later = Recall.objects.filter(version=cut.version).latest("pk")
    assert recalls.remind(later, by=first.legal_reviewer, at=later.at + timedelta(days=1)) == 1
    assert told(first, viewer) == 1


def test_a_shared_link_answers_with_the_stop_in_the_next_request() -> None:
    source, viewer = source_with_viewer()
    cut = ApprovedVersionFactory.create(asset__brand=source.brand)
    MadeFrom.objects.create(version=cut, source=source.version, relation=Relation.COMPONENT)
    keeper = member(source.brand, Role.LIBRARIAN)
    link, _secret = share_links.create(
        by=keeper,
        guest="Agency",
        assets=[cut.asset],
        last_day=timezone.localdate() + timedelta(days=1),
        use=Use.WEB,
        territory="DE",
        capabilities=(Capability.VIEW, Capability.DOWNLOAD_RELEASE),
    )
    client = Client()
    session = client.session
    session[principals.OPENED] = {str(source.brand.pk): link.pk}
    session.save()
    file = reverse("release-file", args=[source.brand.slug, cut.pk])
    before = client.get(file)
    revoked(source)  # and no worker came yet
    answer = client.get(file)
    assert before.status_code != 403
    assert answer.status_code == 403
    assert "made from a clip that can" in answer.content.decode()
    assert client_of(viewer).get(file).status_code == 403


def test_the_ledger_of_decisions_is_left_as_it_is() -> None:
    source, viewer = source_with_viewer()
    made(source, viewer)
    revoked(source)
    entries = list(LedgerEntry.objects.order_by("pk").values())
    spread()
    assert list(LedgerEntry.objects.order_by("pk").values()) == entries
    assert ledger.verify(source.brand).holds


def test_a_draft_that_was_reached_can_still_be_deleted() -> None:
    source, _viewer = source_with_viewer()
    draft = VersionFactory.create(asset__brand=source.brand)
    MadeFrom.objects.create(version=draft, source=source.version, relation=Relation.INPUT)
    revoked(source)
    spread()
    assert Recall.objects.filter(version=draft).exists()
    Asset.objects.filter(pk=draft.asset_id).update(trashed_at=timezone.now())
    assert deleting.one(Asset.objects.get(pk=draft.asset_id)) == 1
    assert not Recall.objects.filter(because_of__isnull=False).exists()


def test_what_an_older_release_writes_is_spread_too() -> None:
    source, viewer = source_with_viewer()
    cut = made(source, viewer)
    versions.set_approval(source.version.pk, Approval.WITHDRAWN, expected=[Approval.APPROVED])
    review = source.version.reviews.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO provenance_recall (brand_id, version_id, review_id, title, reason, at) "
            "VALUES (%s, %s, %s, 'Clip', '', now())",
            [source.brand.pk, source.version.pk, review.pk],
        )
    spread()
    assert because_of(cut).notices.count() == 1


def test_one_that_fails_keeps_nothing_else_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, viewer = source_with_viewer()
    fine, other = source_with_viewer()
    made(broken, viewer)
    cut = made(fine, other)
    for each in (broken, fine):
        revoked(each)
    first = Recall.objects.earliest("pk")
    spread_one = spreading._spread

    def spread_or_fail(recall: Recall, *, at: datetime) -> None:
        if recall == first:
            raise ValueError("no")
        spread_one(recall, at=at)

    monkeypatch.setattr(spreading, "_spread", spread_or_fail)
    assert not spreading.run()
    assert because_of(cut).notices.count() == 1
    assert list(Recall.objects.filter(to_spread=True)) == [first]
