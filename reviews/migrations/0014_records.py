"""Review records, corrections after publication, figures for the desk, what is stored about people."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reviews", "0013_evidence")]

    operations = []
