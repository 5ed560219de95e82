"""Tags that the encoder would give, until a person has said what they think of them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.catalog.models import Asset, Tag, Version


class SuggestedTag(models.Model):
    """A tag of the brand that a version seems to show, once for its asset.

    A dismissed one stays, so that it isn't suggested for this asset again.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="suggested_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")  # in which it is seen
    score = models.FloatField()  # 0 to 1, how sure the encoder is
    time_ms = models.PositiveBigIntegerField()  # of the frame that shows it best
    created_at = models.DateTimeField(default=timezone.now)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "tag"], name="suggested_tag_once")]
        ordering = ["-score", "pk"]

    def __str__(self) -> str:
        return f"{self.tag} for {self.asset}"
