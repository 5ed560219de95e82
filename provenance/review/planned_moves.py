"""Moving a review on that has a plan: the database lets only those do it who know of plans.

While an update is rolled out, processes of the release before go on working. They would take one approval for
the whole stage and ask nothing of whom it names, so a trigger of migration 0021 stops them.
"""

from django.db import connection


def allow() -> None:
    """In this transaction, which knows what the plan asks for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('reelproof.plans', 'on', true)")
