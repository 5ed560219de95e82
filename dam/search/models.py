"""What is seen in a version: one embedding for each sampled frame."""

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
