"""Arrays in queries."""

from django.db.models import BooleanField, Func


class InArray(Func):
    """`InArray(value, array)`: whether a value is in an array, which is made once."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


class Overlap(Func):
    """`Overlap(array, array)`: whether two arrays have a value in common."""

    template = "(%(expressions)s)"
    arg_joiner = " && "
    output_field = BooleanField()
