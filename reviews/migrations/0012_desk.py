"""The desk: what an editor's screen keeps of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0011_unaligned_index")]

    operations = [
        # Marking errors, and engines without their names.
        migrations.AddField(
            model_name='campaign',
            name='own',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='project',
            name='blind_engines',
            field=models.BooleanField(db_default=False, default=False, help_text='Engines have letters instead of names wherever their texts are worked on.'),
        ),
        migrations.AddField(
            model_name='project',
            name='marking',
            field=models.CharField(choices=[('mqm', 'MQM: errors marked by category and severity'), ('esa', 'ESA: errors marked, then 0 to 100')], db_default='mqm', default='mqm', help_text='How errors are marked in the texts of engines.', max_length=10),
        ),
        migrations.AddField(
            model_name='rating',
            name='complete',
            field=models.BooleanField(db_default=True, default=True, help_text='Whether it is a judgement yet: a text that is still being marked counts in no figure.'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(condition=models.Q(('own', True)), fields=('project', 'protocol'), name='campaign_own_once'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('marking__in', ['mqm', 'esa'])), name='project_marking_known'),
        ),
    ]
