"""Four eyes can be asked for by kind of text."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_risk_ranked")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="four_eyes_kinds",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="Kinds of text that need a second person even where not every text does.",
            ),
        ),
    ]
