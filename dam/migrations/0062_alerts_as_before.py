"""Alerts were told of in the page and never mailed: whoever has one keeps it so, and what they haven't read."""

from django.db import migrations

KIND = "new_in_search"
MOST = 200  # clips of one notification


def keep(apps, schema_editor):
    Alert = apps.get_model("dam", "Alert")
    AlertMatch = apps.get_model("dam", "AlertMatch")
    NotificationChoice = apps.get_model("dam", "NotificationChoice")
    Notification = apps.get_model("dam", "Notification")
    people = Alert.objects.order_by().values_list("user_id", "brand_id").distinct()
    NotificationChoice.objects.bulk_create(
        (
            NotificationChoice(user_id=user, brand_id=brand, kind=KIND, page=True, mail="off")
            for user, brand in people
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    unread = AlertMatch.objects.filter(read_at=None).order_by("alert_id", "-found_at", "-pk")
    facts = ("alert_id", "alert__user_id", "alert__brand_id", "asset_id", "found_at")
    rows = {}
    for alert, user, brand, asset, at in unread.values_list(*facts).iterator(chunk_size=5000):
        row = rows.setdefault(
            alert,
            Notification(
                alert_id=alert, user_id=user, brand_id=brand, kind=KIND, by="", at=at, listed=True, count=0
            ),
        )
        if row.count < MOST:
            row.asset_ids.append(asset)
            row.count = row.asset_count = len(row.asset_ids)
    Notification.objects.bulk_create(rows.values(), batch_size=1000)


def forget(apps, schema_editor):
    apps.get_model("dam", "NotificationChoice").objects.filter(kind=KIND).delete()
    apps.get_model("dam", "Notification").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0061_alerts_tell"),
    ]

    operations = [migrations.RunPython(keep, forget)]
