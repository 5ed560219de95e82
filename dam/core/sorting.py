"""Names in the order in which people look for them: "Ärzte" and "arte" under A, whatever the letters' codes.

The database that comes with Reelproof has no ICU, so its own order is that of codes: Z before a, Ä after z.
Capitals and accents make no difference here, which is how German, English and French dictionaries sort;
letters that a language puts elsewhere, as Swedish does Ä, stand with the letter they are made of.
"""

import unicodedata

from django.db.models import CharField, F, Func
from django.db.models.functions import Left

INDEXED = 100  # characters; a letter may become many of them

# Letters that no normal form takes apart.
_WHOLE = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


class Alphabetical(Func):
    """In migrations by its name: that tags are ordered so is written there."""

    arity = 1
    output_field = CharField()
    template = (
        "replace(replace(replace(translate(regexp_replace(lower(normalize(%(expressions)s, NFKD)),"
        " '[\\u0300-\\u036f]+', '', 'g'), 'øłđı', 'oldi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')"
    )


def alphabetical(column: str) -> Func:
    """For `order_by`, before a column that settles ties."""
    return Alphabetical(F(column))


def indexed(column: str) -> Func:
    """The same for an index and for what is paged along it: so much of it that every name fits."""
    return Left(alphabetical(column), INDEXED)


def key(name: str) -> str:
    """The same for names that are sorted here."""
    plain = unicodedata.normalize("NFKD", name).lower()
    return "".join(each for each in plain if not "\u0300" <= each <= "\u036f").translate(_WHOLE)
