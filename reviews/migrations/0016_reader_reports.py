"""What readers and the desk found wrong after publication."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reviews", "0015_desk_figures")]

    operations = []
