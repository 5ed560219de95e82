"""What a watermark was put into. Rows are never changed, and go with their version or brand alone."""

from django.db import models
from django.utils import timezone

from dam.models import Brand, Version


class Watermark(models.Model):
    """A random identifier, and what has it in its pictures: the version's master, or a file that was made of
    its release. Triggers hold it (migrations 0049 and 0054)."""

    identifier = models.BigIntegerField(primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    version = models.ForeignKey(
        Version, on_delete=models.DO_NOTHING, related_name="watermarks", db_constraint=False
    )
    layer = models.PositiveSmallIntegerField()  # which key it was put in by (keys.of)
    release_id = models.BigIntegerField(null=True)  # that was made anew with it, or that its file was made of
    preset_file_id = models.UUIDField(null=True)  # the file in a download format
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"watermark {self.identifier:012x}"
