"""A brand in which each page of the administration has something to show."""

from datetime import timedelta

from django.utils import timezone

from dam.access import brand_export, invitations
from dam.accounts.capabilities import Role
from dam.accounts.mail_models import MailSettings, OutgoingMail, Security, Sender
from dam.accounts.models import Brand, BrandExport
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import AssetKind
from dam.notifications.models import Delivery, Notification
from dam.scim import tokens
from dam.sso.models import CompanyDomain, GroupRule, ProviderKind, SignInProvider
from generation import kits
from generation.kits import KitWish
from tests.factories import VersionFactory
from tests.integration.role_world import World


def world(brand: Brand) -> World:
    """One of everything, and an administrator who also runs the installation."""
    with trail.recording():  # what is sent goes out at its end, so no worker takes what is half done here
        made = World(brand=brand)
    admin = made.people[Role.ADMIN]
    admin.user.is_superuser = True
    admin.user.save()
    now = timezone.now()
    # Words that read alike in each language, for pages are looked through for English ones.
    kit = KitWish("Foto", ", warm", "Logo", "Sunrise #ff7a00", "Reels 9:16")
    kits.change(kit, by=admin, revision=0)
    still = VersionFactory.create(asset__brand=brand, asset__title="Can on white", kind=AssetKind.STILL)
    kits.add_reference(still.asset, by=admin)
    mail = {"sender": Sender.SMTP, "host": "127.0.0.1", "security": Security.NONE}
    MailSettings.objects.create(**mail, from_address="reelproof@example.com")
    OutgoingMail.objects.create(
        name="invitation",
        address="gone@example.com",
        brand=brand,
        tries=5,
        reason="No such mailbox",
        failed_at=now,
    )
    BrandExport.objects.create(brand=brand, requested_by=admin.user, ended_at=now, problem=brand_export._LOST)
    BrandExport.objects.create(brand=brand, requested_by=admin.user, began_at=now)
    SignInProvider.objects.create(
        slug="company", name="Acme", issuer="https://id.example.com", client_id="reelproof"
    )
    SignInProvider.objects.create(slug="agency", name="Agency", kind=ProviderKind.SAML, enabled=False)
    CompanyDomain.objects.create(domain="acme.example", provider="company")
    GroupRule.objects.create(provider="company", group="editors", brand=brand, role="creator")
    tokens.create(by=admin, name="Directory", role="viewer")
    old = invitations.invite(email="late@example.com", role="creator", by=admin, note="Summer is waiting")
    type(old).objects.filter(pk=old.pk).update(expires_at=now - timedelta(days=1))
    made.group.members.add(made.person.user, made.people[Role.LIBRARIAN].user)
    Delivery.objects.create(
        webhook=made.hook,
        kind="asked",
        verb="review.submitted",
        due_at=None,
        delivered_at=now,
        status=204,
        attempts=1,
        milliseconds=87,
    )
    Delivery.objects.create(
        webhook=made.hook,
        kind="asked",
        verb="review.submitted",
        due_at=None,
        status=500,
        attempts=9,
        milliseconds=412,
        error="The message couldn't be sent: RemoteDisconnected.",
    )
    for number, event in enumerate(Event.objects.filter(brand=brand, asset_id__isnull=False)[:6]):
        Notification.objects.create(
            brand=brand,
            user=admin.user,
            kind=("commented", "decided", "asked")[number % 3],
            event=event,
            newest=event,
            by=event.actor_ref,
            asset_ids=[event.asset_id],
            asset_count=1,
            read_at=now if number > 3 else None,
        )
    return made
