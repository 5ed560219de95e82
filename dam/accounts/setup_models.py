"""How far the first run of an installation has come."""

from django.db import models

from dam.accounts.models import Brand


class Setup(models.Model):
    """The one row of the first run: who may do it, and what is done of it."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    digest = models.CharField(max_length=64, blank=True, default="")  # of the link that was not used yet
    expires_at = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=64, blank=True, default="")  # of what the browser that used it has
    brand = models.ForeignKey(Brand, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    done = models.JSONField(default=list)  # names of steps

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="setup_once")]

    def __str__(self) -> str:
        return ", ".join(self.done) or "not begun"
