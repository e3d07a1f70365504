"""The desk: what an editor's screen keeps of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reviews", "0011_unaligned_index")]

    operations = []
