"""Effort by engine and section, never by person."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reviews", "0016_reader_reports")]

    operations = []
