"""What is seen, said and written in a version."""

from django.db import models
from pgvector.django import VectorField

from dam.catalog.models import Version


class Embedding(models.Model):
    """A unit vector for one frame. `encoder` names the model identity that made it.

    The column has no fixed length, for encoders differ; rows of different encoders are never compared.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="embeddings")
    encoder = models.CharField(max_length=120)
    frame = models.PositiveIntegerField()  # index of the frame in presentation order
    time_ms = models.PositiveBigIntegerField()
    vector = VectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "encoder", "frame"], name="embedding_frame_once")
        ]
        indexes = [models.Index(fields=["encoder", "version"], name="embedding_encoder")]

    def __str__(self) -> str:
        return f"{self.version} frame {self.frame}"


class TimedTextKind(models.TextChoices):
    SPOKEN = "spoken", "Spoken"
    WRITTEN = "written", "Written in the picture"


class TimedText(models.Model):
    """Words that are heard or can be read in a version, from when to when.

    The steps that find them put a version's rows of one kind in place of the earlier ones
    (dam.search.timed_texts).
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="timed_texts")
    kind = models.CharField(max_length=7, choices=TimedTextKind.choices)
    start_ms = models.PositiveBigIntegerField()
    end_ms = models.PositiveBigIntegerField()
    text = models.TextField()
    language = models.CharField(max_length=8, blank=True)  # "en", as ISO 639 has it; empty when unknown
    confidence = models.FloatField(null=True)  # 0 to 1, of the recogniser; none for a file's own subtitles

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_ms__gte=models.F("start_ms")), name="timed_text_in_order"
            )
        ]
        indexes = [models.Index(fields=["version", "kind", "start_ms"], name="timed_text_of_version")]

    def __str__(self) -> str:
        return self.text
