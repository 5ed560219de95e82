"""Which accounts have their address for certain.

Before, a page of allauth's let anybody add an address and make it theirs. Whoever never opened that page has
the address that they were invited by; whoever did has it for certain only if a mailed link confirmed it.
Other claims are dropped: nobody signs in, resets a password or is invited by one.
"""

from django.db import migrations, models
from django.db.models import Exists, F, OuterRef, Q


def settle(apps, schema_editor):
    user_model = apps.get_model("dam", "User")
    address_model = apps.get_model("account", "EmailAddress")
    of_user = address_model.objects.filter(user_id=OuterRef("pk"))
    confirmed = of_user.filter(email__iexact=OuterRef("email"), verified=True)
    user_model.objects.filter(Q(Exists(confirmed)) | ~Exists(of_user)).update(proven_email=F("email"))
    address_model.objects.filter(verified=False).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0015_embargo_index"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="proven_email",
            field=models.EmailField(blank=True, default="", max_length=254),
        ),
        migrations.RunPython(settle, migrations.RunPython.noop, elidable=False),
    ]
