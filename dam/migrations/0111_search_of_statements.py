"""What is stated of rights is searched by its parts, from indexes that are built beside the work."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper

FIELDS = ("licence", "rights_holder", "credit_line", "exclusivity", "restriction")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("dam", "0110_statements_of_credit")]

    operations = [
        operation
        for field in FIELDS
        for operation in (
            # Half built where this was interrupted.
            migrations.RunSQL(
                f"DROP INDEX CONCURRENTLY IF EXISTS rights_{field}", reverse_sql=migrations.RunSQL.noop
            ),
            AddIndexConcurrently(
                "rightsrecord",
                GinIndex(OpClass(Upper(field), name="gin_trgm_ops"), name=f"rights_{field}"),
            ),
        )
    ]
