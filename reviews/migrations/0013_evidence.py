"""Evidence: what the gate, the record, the dashboard, corrections and privacy keep."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reviews", "0012_desk")]

    operations = []
