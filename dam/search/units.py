"""In what the numbers of search fields are typed, and what each is worth in the column. Pure."""

from decimal import Decimal

from dam.search.measures import Unit

_SECOND, _MEGABYTE = Decimal(1000), Decimal(1024**2)
LENGTH = Unit(
    {
        "s": _SECOND,
        "sec": _SECOND,
        "ms": Decimal(1),
        "m": 60 * _SECOND,
        "min": 60 * _SECOND,
        "h": 3600 * _SECOND,
    },
    clock=True,
)
NUMBER = Unit({"": Decimal(1)}, whole=True)
AMOUNT = Unit({"": Decimal(1)})  # of a brand's own numbers, with decimals
RATE = Unit({"": Decimal(1), "fps": Decimal(1)}, slack=Decimal("0.005"))
PIXELS = Unit({"": Decimal(1), "px": Decimal(1)}, whole=True)
SIZE = Unit(
    {
        "mb": _MEGABYTE,
        "b": Decimal(1),
        "kb": Decimal(1024),
        "gb": 1024 * _MEGABYTE,
        "tb": 1024**2 * _MEGABYTE,
    }
)
