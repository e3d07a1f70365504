"""Sentences that editors add have places of their own, and covered segments an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0012_desk")]

    operations = [
        # Which segments a text serves beside its own is asked at every save.
        migrations.AddIndex(
            model_name="segment",
            index=models.Index(
                condition=models.Q(("covered_by__isnull", False)), fields=["covered_by"], name="segment_covered"
            ),
        ),
        # English that an editor added to an article.
        migrations.AddField(
            model_name="placement",
            name="added",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
