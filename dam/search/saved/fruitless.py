"""Searches that found nothing: which words, and how often. Never who typed them.

For those who run a brand, as a list of what its library lacks or calls by another name. What may be a secret
is not kept, nor is anything long: people paste into a search box what they did not mean to.
"""

import re
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from dam.accounts.models import Brand
from dam.search.query import tidy
from dam.search.saved.models import FruitlessSearch

KEPT_FOR = timedelta(days=90)
MOST_WORDS = 10
MOST_KEPT = 2000  # of one brand; beyond it no new words are added until old ones go
LONGEST_WORD = 24  # few words of any language are longer, most keys are
_PRIVATE = (
    re.compile(r"\S@\S"),  # an address
    re.compile(r"\w+://|www\.", re.IGNORECASE),
    re.compile(r"(?:\d[ .\-/]?){9,}"),  # a number of a card, a telephone, an account
    re.compile(r"\b(?:pass(?:word|wort)?|pwd|secret|token|api[-_ ]?key|bearer)\b", re.IGNORECASE),
    re.compile(rf"\S{{{LONGEST_WORD + 1},}}"),
)
# Letters of both cases or letters and digits in turn, as in what a machine made up.
_MADE_UP = re.compile(r"(?=\S*\d)(?=\S*[^\W\d_])\S{10,}|(?=\S*[^\w\s])(?=\S*\d)(?=\S*[^\W\d_])\S{8,}")


def normalised(words: str) -> str:
    """As it is counted; empty for what is not kept."""
    plain = unicodedata.normalize("NFKC", tidy(words)).casefold().strip()
    if not plain or len(plain) > FruitlessSearch.LONGEST or len(plain.split()) > MOST_WORDS:
        return ""
    if any(pattern.search(plain) for pattern in _PRIVATE) or _MADE_UP.search(plain):
        return ""
    return plain


def note(words: str, *, brand: Brand, at: datetime | None = None) -> bool:
    """Count a search that found nothing; False where it is not kept."""
    plain = normalised(words) if settings.LOG_FRUITLESS_SEARCHES else ""
    if not plain:
        return False
    at = at or timezone.now()
    counted = FruitlessSearch.objects.filter(brand=brand, words=plain)
    if counted.update(count=F("count") + 1, last_at=at):
        return True
    if FruitlessSearch.objects.filter(brand=brand).count() >= MOST_KEPT:
        return False
    FruitlessSearch.objects.bulk_create(
        [FruitlessSearch(brand=brand, words=plain, first_at=at, last_at=at)], ignore_conflicts=True
    )
    return True


def of(brand: Brand) -> QuerySet[FruitlessSearch]:
    """Most searched first."""
    return FruitlessSearch.objects.filter(brand=brand).order_by("-count", "-last_at", "pk")


def forget(brand: Brand) -> int:
    return FruitlessSearch.objects.filter(brand=brand).delete()[0]


def forget_old(*, at: datetime) -> int:
    """Delete what nobody has searched for since KEPT_FOR; everything, where it shall not be kept."""
    old = FruitlessSearch.objects.filter(last_at__lt=at - KEPT_FOR)
    return (old if settings.LOG_FRUITLESS_SEARCHES else FruitlessSearch.objects.all()).delete()[0]
