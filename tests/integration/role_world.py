"""Two brands with one of everything in each, for the walk through every address."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from dam.access import invitations, share_links, tokens
from dam.accounts.capabilities import GUEST_MAY, Capability, Role
from dam.accounts.models import ApiToken, Brand, CustomRole, Group, Invitation, Membership, User
from dam.accounts.principals import Member
from dam.audit import trail
from dam.bulk import edits as bulk_edits
from dam.bulk.changes import Change
from dam.bulk.models import BulkEdit
from dam.captions import tracks
from dam.captions.models import CaptionTrack
from dam.catalog import versions
from dam.catalog.models import Asset, RenditionKind, RenditionPart, Tag, Version
from dam.collections import collections, items
from dam.collections.models import Collection
from dam.core import storage
from dam.custom_fields import fields
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import OptionWish, Wish
from dam.duplicates.models import NearPair
from dam.ingest import steps, uploads
from dam.ingest.models import Step, StepState, Upload
from dam.notifications.models import Delivery, Webhook
from dam.notifications.webhooks import deliveries, webhooks
from dam.rights import consents
from dam.rights.consent_documents import Document
from dam.rights.consents import Said
from dam.rights.model_licences.models import ModelReading, ModelRecord
from dam.rights.models import Consent, RightsPreset
from dam.rights.policy import Use
from dam.search import fulltext
from dam.search.query import Filters
from dam.search.saved import saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import SavedSearch
from dam.search.tagging.models import SuggestedTag
from generation import jobs
from generation.models import BatchLine, Cut, GenerationJob, PromptBatch, PromptRule, PromptWaiver
from provenance.attachments.models import Attachment
from provenance.comment_pdfs.models import CommentPdf
from provenance.downloads import presets
from provenance.downloads.models import DownloadPreset, PresetFile
from provenance.evidence_packs.models import EvidencePack, PackState
from provenance.guests.models import GuestLink, GuestRemark, MarkedCopy
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from provenance.recalls.models import Recall, RecallNotice
from provenance.releases import releases
from provenance.releases.models import Release
from provenance.review import comments, importing, plans, reviews
from provenance.review.importing import Remark, Source
from provenance.review.models import ChecklistQuestion, Comment, CommentImport, Review, ReviewTemplate
from provenance.review.plans import Planned
from provenance.review.set_models import ReviewSet
from provenance.review.states import DecisionKind
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member
from tests.integration.generation.briefs import BRIEF
from tests.integration.role_rows.row import TOKEN


@dataclass
class World:
    """One brand: a person for each role, and one of each thing that an address can name.

    `maker` and two reviewers beside them made and cleared what is there, so that no outcome depends on
    who made it.
    """

    brand: Brand = field(default_factory=BrandFactory.create)

    def __post_init__(self) -> None:
        self.people: dict[Role, Member] = {role: member(self.brand, role) for role in Role}
        self.maker: Member = member(self.brand, Role.CREATOR)
        self.draft: Version = self._version()
        Step.objects.create(
            **steps.whose(self.draft),
            name="poster",
            position=0,
            state=StepState.FAILED,
            reason="The file ended early.",
            finished_at=timezone.now(),
        )
        self.comment: Comment = comments.add(self.draft, by=self.maker, body="The logo flickers")
        self.comments: dict[Role, Comment] = {
            role: comments.add(self.draft, by=person, body="Mine")
            for role, person in self.people.items()
            if person.can(Capability.COMMENT)
        }
        self.imported: CommentImport = self._imported(self.maker)
        self.imports: dict[Role, CommentImport] = {
            role: self._imported(self.people[role]) for role in self.comments
        }
        self.pdfs: dict[Role, CommentPdf] = {
            role: CommentPdf.objects.create(
                brand=self.brand, version=self.draft, user=person.user, language="en"
            )
            for role, person in self.people.items()
        }
        self.attachment: Attachment = self._attached(self.maker, comment=self.comment)
        self.attachments: dict[Role, Attachment] = {
            role: self._attached(self.people[role]) for role in self.comments
        }
        self.review: Review = reviews.submit(self._version(), by=self.maker)
        self.review_set: ReviewSet = ReviewSet.objects.create(
            brand=self.brand, title="Spring", submitted_by=self.maker.user
        )
        Review.objects.filter(pk=self.review.pk).update(review_set=self.review_set, set_place=1)
        self.released: Version = self._released()
        self.evidence_pack: EvidencePack = EvidencePack.objects.create(
            brand=self.brand,
            release=Release.objects.get(version=self.released),
            user=self.maker.user,
            language="en",
            state=PackState.FAILED,
            reason="The disk was full.",
        )
        recalled = self._released()  # another one: each approval is withdrawn once
        self.recall: Recall = Recall.objects.create(
            brand=self.brand,
            version=recalled,
            review=Review.objects.get(version=recalled),
            title="Recalled",
        )
        RecallNotice.objects.bulk_create(
            RecallNotice(
                recall=self.recall,
                reference=f"user:{each.user.pk}",
                user=each.user,
                taken=[],
            )
            for each in self.people.values()
        )
        Brand.objects.filter(pk=self.brand.pk).update(guest_reviews=True)
        self.guest_link: GuestLink = GuestLink.objects.create(
            brand=self.brand,
            review=self.review,
            version=self.review.version,
            email="guest@example.com",
            name="Guest",
            may="recommend",
            proof="code",
            created_by=self.maker.user,
            expires_at=timezone.now() + timedelta(days=1),
        )
        MarkedCopy.objects.create(link=self.guest_link)
        self.guest_remark: GuestRemark = GuestRemark.objects.create(
            review=self.review, link=self.guest_link, body="Lovely"
        )
        self.question: ChecklistQuestion = ChecklistQuestion.objects.create(
            brand=self.brand, stage="brand", words="Passt es zur Marke?", required=False
        )
        self.template: ReviewTemplate = ReviewTemplate.objects.create(
            brand=self.brand,
            title="Markt",
            by_hand=True,
            stages=plans.written([Planned("legal", "Recht", needs=2)]),
        )
        self.preset: DownloadPreset = presets.of(self.brand).get(shipped="square")
        self.terms: RightsPreset = RightsPreset.objects.create(
            brand=self.brand, name="Netz", terms={"uses": ["web"]}
        )
        self.prompt_rule: PromptRule = PromptRule.objects.create(
            brand=self.brand, name="Nike", subject="mark", verdict="waiver"
        )
        self.generator: ModelRecord = ModelRecord.objects.get_or_create(
            weights_sha256="ab" * 32, defaults={"name": "Hunyuan", "licence": "tencent-hunyuan-community"}
        )[0]
        self.model_reading: ModelReading = ModelReading.objects.create(
            model=self.generator, brand=self.brand, cleared=True, note="As the contract says."
        )
        self.prompt_waiver: PromptWaiver = PromptWaiver.objects.create(
            brand=self.brand,
            prompt="A red shoe by Nike at sea",
            digest="0" * 64,
            rules=[self.prompt_rule.pk],
            asked_by=self.maker.user,
            reason="Licensed",
        )
        self.preset_file: PresetFile = PresetFile.objects.create(
            brand=self.brand,
            release=Release.objects.get(version=self.released),
            version=self.released,
            user=self.maker.user,
            preset=self.preset.name,
            recipe=self.preset.recipe,
            digest="0" * 64,
        )
        self.trashed: Asset = self._version().asset
        Asset.objects.filter(pk=self.trashed.pk).update(trashed_at=timezone.now())
        self.suggestion: SuggestedTag = SuggestedTag.objects.create(
            asset=self.draft.asset,
            version=self.draft,
            tag=Tag.objects.create(brand=self.brand, name="bottle"),
            score=0.9,
            time_ms=0,
        )
        # Shared by who made it, and without words: no worker answers here what they mean.
        self.search: SavedSearch = saved_searches.save(
            Asked(filters=Filters(origin=["uploaded"])), name="Uploads", by=self.maker, shared=True
        )
        self.collection: Collection = collections.create("Campaign", by=self.maker)
        collections.create("Teasers", by=self.maker, parent=self.collection)
        items.add(self.collection, [self.draft.asset_id, self.released.asset_id], by=self.maker)
        one, two = sorted((self.draft, self.released), key=lambda version: version.sha256)
        self.pair: NearPair = NearPair.objects.create(
            brand=self.brand,
            one=one,
            two=two,
            one_sha256=one.sha256,
            two_sha256=two.sha256,
            share=0.9,
        )
        self.job: GenerationJob = jobs.request(by=self.maker, brief=BRIEF)[0]
        self.person: Member = member(self.brand, Role.CREATOR)
        self.left: Member = member(self.brand, Role.CREATOR)
        Membership.objects.filter(user=self.left.user).update(deactivated_at=timezone.now())
        self.invitation: Invitation = invitations.invite(
            email=f"invited-{self.brand.pk}@example.com", role="viewer", by=self.people[Role.ADMIN]
        )
        self.group: Group = Group.objects.create(brand=self.brand, name="Reviewers")
        self.token, self.secret = tokens.create(
            by=self.people[Role.CREATOR], name="nightly", capabilities=TOKEN
        )
        self.link, self.opens = share_links.create(
            by=self.people[Role.LIBRARIAN],
            guest="Agency",
            assets=[self.draft.asset, self.released.asset],
            capabilities=GUEST_MAY,
            use=Use.WEB,
            territory="DE",
            last_day=timezone.localdate() + timedelta(days=1),
        )
        self.own_role: CustomRole = CustomRole.objects.create(
            brand=self.brand, name="Freelancer", capabilities=["view", "upload"]
        )
        self.own_field: CustomField = fields.make(
            Wish("Season", options=(OptionWish("Summer"), OptionWish("Winter"))),
            kind=Kind.CHOICE,
            by=self.people[Role.LIBRARIAN],
        )
        self.hook: Webhook = webhooks.add(
            by=self.people[Role.ADMIN], name="Build", url="https://example.com/hook", kinds=["asked"]
        )
        self.delivery: Delivery = deliveries.add_test(self.hook)
        self.consent: Consent = consents.add(
            self.draft,
            Said("model", "Ada Example"),
            document=Document("release.pdf", b"%PDF-1.7"),
            by=self.people[Role.ADMIN],
        )
        said = tracks.Said("en")
        self.captions: CaptionTrack = tracks.put(
            self.draft, said, [(0, 900, "Hello")], by=self.people[Role.ADMIN]
        )
        tracks.put(self.released, said, [(0, 900, "Hello")], by=self.people[Role.ADMIN])
        self.uploads: dict[Role, Upload] = {
            role: uploads.create(brand=self.brand, user=person.user, filename="clip.mp4", size=4)
            for role, person in self.people.items()
        }

        self.bulk_edits: dict[Role, BulkEdit] = {}
        for role, person in self.people.items():
            if bulk_edits.may(person):
                edit = bulk_edits.draft_of([self.draft.asset_id], by=person)
                bulk_edits.choose(edit, Change(collection=self.collection.pk), by=person)
                self.bulk_edits[role] = edit
        self.batches = {role: self._batch(person) for role, person in self.people.items()}
        self.cuts = {
            role: Cut.objects.create(brand=self.brand, made_by=person.user, title="Spring")
            for role, person in self.people.items()
        }
        # They were here a moment ago. What a request writes down of that is undone with it, so each of
        # thousands would write it again.
        now = timezone.now()
        Membership.objects.filter(brand=self.brand).update(last_seen_at=now)
        ApiToken.objects.filter(brand=self.brand).update(last_used_at=now)
        User.objects.filter(memberships__brand=self.brand).update(last_brand=self.brand)

    def _attached(self, by: Member, *, comment: Comment | None = None) -> Attachment:
        """Of a file that storage has lost."""
        return Attachment.objects.create(
            brand=self.brand,
            version=self.draft,
            comment=comment,
            user=by.user,
            filename="mood.pdf",
            kind="document",
            format="PDF",
            storage_key=f"{self.brand.pk}/none.pdf",
            sha256="0" * 64,
            size=4,
            state="ready",
        )

    def named(self, name: str, role: Role) -> object:
        """What stands in an address where the table says `name`."""
        match name:
            case "draft" | "released":
                return getattr(self, name).pk
            case "draft.asset" | "released.asset":
                return getattr(self, name.removesuffix(".asset")).asset_id
            case "colleague":
                return self.people[Role.VIEWER].user.pk
            case "tag":
                return self.suggestion.tag_id
            case "own field":
                return self.own_field.pk
            case "own role":
                return self.own_role.pk
            case "own bulk edit":
                return self.bulk_edits.get(role, self.bulk_edits[Role.ADMIN]).pk
            case "own comment":
                return self.comments.get(role, self.comment).pk
            case "import":
                return self.imported.pk
            case "attachment":
                return self.attachment.pk
            case "own attachment":
                return self.attachments.get(role, self.attachment).pk
            case "own batch":
                return self.batches[role].pk
            case "own cut":
                return self.cuts[role].pk
            case "own import":
                return self.imports.get(role, self.imported).pk
            case "evidence pack":
                return self.evidence_pack.pk
            case "own pdf":
                return self.pdfs[role].pk if role in self.pdfs else uuid4()
            case "own upload":
                return self.uploads[role].pk
            case "person" | "left":
                return getattr(self, name).user.pk
            case "invitation" | "group":
                return getattr(self, name).pk
            case "review set":
                return self.review_set.pk
            case "recall":
                return self.recall.pk
            case "review" | "comment" | "trashed" | "job" | "search" | "suggestion" | "token" | "collection":
                return getattr(self, name).pk
            case "preset" | "preset file" | "question" | "template" | "guest link" | "guest remark":
                return getattr(self, name.replace(" ", "_")).pk
            case "model weights":
                return self.generator.weights_sha256
            case "prompt rule" | "prompt waiver" | "model reading":
                return getattr(self, name.replace(" ", "_")).pk
            case "hook" | "delivery" | "pair" | "consent" | "captions" | "terms":
                return getattr(self, name).pk
        return name

    def _batch(self, person: Member) -> PromptBatch:
        batch = PromptBatch.objects.create(
            brand=self.brand,
            requested_by=person.user,
            name="Spring",
            settings={"frames": 33, "width": 128, "height": 80, "steps": 8, "guidance": 3.0},
        )
        BatchLine.objects.create(batch=batch, number=1, prompt="A red ball at sea")
        return batch

    def _imported(self, person: Member) -> CommentImport:
        remarks = [Remark(None, None, f"Marker {person.user.pk}")]
        return importing.add_all(self.draft, remarks, Source(uuid4(), "markers.edl"), by=person)

    def _version(self) -> Version:
        version: Version = VersionFactory.create(
            asset__brand=self.brand,
            asset__created_by=self.maker.user,
            sha256=hashlib.sha256(uuid4().bytes).hexdigest(),
        )
        RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
        fulltext.refresh(version.asset)  # as registration does, so that a search finds it
        return version

    def _released(self) -> Version:
        """Approved, with a few bytes behind its master and its renditions."""
        version = self._version()
        review = reviews.submit(version, by=self.maker)
        for role in (Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER):
            reviews.decide(
                review,
                by=member(self.brand, role),
                kind=DecisionKind.APPROVE,
                expected_sha256=version.sha256,
                uses=["web"],
                territories=["worldwide"],
            )
        stored = self._bytes()
        Version.objects.filter(pk=version.pk).update(storage_key=stored.key, size=stored.size)
        for kind in RenditionKind:
            grid = {"columns": 1, "rows": 1, "tile_width": 8, "tile_height": 8, "frames": [0]}
            details: dict[str, object] = grid if kind == RenditionKind.SPRITE else {}
            versions.keep_rendition(version, kind, stored, content_type="video/mp4", details=details)
        RenditionPart.objects.create(
            rendition=version.renditions.get(kind=RenditionKind.PROXY),
            name="part-1",
            sha256=stored.sha256,
            size=stored.size,
            content_type="video/mp4",
            storage_key=stored.key,
        )
        release = Release.objects.get(version=version)
        taken = releases.claim(release.pk, token="worker", at=timezone.now())
        assert taken is not None
        releases.keep(
            taken, stored, content_type="video/mp4", report=Report(State.TRUSTED), at=timezone.now()
        )
        version.refresh_from_db()
        return version

    def _bytes(self) -> storage.Stored:
        with storage.scratch() as folder:
            path = Path(folder) / "clip"
            path.write_bytes(b"clip")
            return storage.put(path, brand_id=self.brand.pk, suffix=".mp4")


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves no trace in the database."""
    with trail.recording():
        yield
        transaction.set_rollback(True)
