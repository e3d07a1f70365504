"""Figures for the desk head, counted as work is done."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reviews", "0014_records")]

    operations = []
