"""Texts without a source are found without reading all texts of an article."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0010_work_for_people")]

    operations = [
        migrations.AddIndex(
            model_name="hypothesis",
            index=models.Index(
                condition=models.Q(("segment__isnull", True)), fields=["document"], name="hypothesis_unaligned"
            ),
        ),
    ]
