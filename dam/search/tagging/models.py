"""Tags that the encoder would give, or a file brings along, until a person has said yes or no."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.catalog.models import Asset, Tag, Version


class SuggestedTag(models.Model):
    """A tag of the brand that a version seems to show, once for its asset; or a keyword in its file.

    A keyword is no tag of the brand before somebody accepts it. A dismissed one stays, so that it isn't
    suggested for this asset again.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="suggested_tags")
    tag = models.ForeignKey(Tag, null=True, on_delete=models.CASCADE, related_name="+")
    keyword = models.CharField(max_length=60, blank=True, default="", db_default="")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")  # in which it is seen
    # Of a tag: 0 to 1, how sure the encoder is; and the time of the frame that shows it best.
    score = models.FloatField(null=True)
    time_ms = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "tag"], name="suggested_tag_once"),
            models.UniqueConstraint(
                fields=["asset", "keyword"], condition=~models.Q(keyword=""), name="suggested_keyword_once"
            ),
            models.CheckConstraint(
                condition=models.Q(tag__isnull=True) ^ models.Q(keyword=""), name="suggested_tag_or_keyword"
            ),
        ]
        ordering = [models.F("score").desc(nulls_last=True), "pk"]  # keywords, which have none, after tags

    def __str__(self) -> str:
        return f"{self.name} for {self.asset}"

    @property
    def name(self) -> str:
        return self.tag.name if self.tag else self.keyword
