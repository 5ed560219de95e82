"""For which kinds of clip a brand's field is; a clip of another kind lacks nothing where it is required."""

import django.contrib.postgres.fields
from django.db import migrations, models

# The same as Schema.missing of what Schema.asked_of gives, in dam.custom_fields.definitions.
LACKS = """
CREATE OR REPLACE FUNCTION dam_filter_lacks(of_asset uuid, of_brand bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM dam_customfield AS field
        WHERE field.brand_id = of_brand AND field.required AND field.retired_at IS NULL{kinds}
            AND NOT EXISTS (
                SELECT FROM dam_fieldvalue WHERE asset_id = of_asset AND field_id = field.id
            )
            AND (
                field.kind NOT IN ('choice', 'multi_choice')
                OR EXISTS (
                    SELECT FROM dam_fieldoption AS option
                    WHERE option.field_id = field.id AND option.retired_at IS NULL AND (
                        field.depends_on_id IS NULL
                        OR NOT EXISTS (
                            SELECT FROM dam_fieldoption_only_with WHERE from_fieldoption_id = option.id
                        )
                        OR EXISTS (
                            SELECT FROM dam_fieldoption_only_with AS fits
                                JOIN dam_fieldvalue AS chosen ON chosen.option_id = fits.to_fieldoption_id
                            WHERE fits.from_fieldoption_id = option.id AND chosen.asset_id = of_asset
                                AND chosen.field_id = field.depends_on_id
                        )
                    )
                )
            )
    )
$$;
"""
KINDS = """
            AND (field.clip_kinds = '{}' OR (
                SELECT version.kind = ANY (field.clip_kinds)
                FROM dam_asset AS asset JOIN dam_version AS version ON version.id = asset.latest_id
                WHERE asset.id = of_asset
            ) IS NOT FALSE)"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0106_counted_on"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="customfield",
            name="clip_kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[("video", "Video"), ("still", "Image"), ("sound", "Sound")], max_length=5
                ),
                blank=True,
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.RunSQL(LACKS.replace("{kinds}", KINDS), LACKS.replace("{kinds}", "")),
    ]
