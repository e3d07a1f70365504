"""Review records, corrections after publication, figures for the desk, what is stored about people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0013_evidence")]

    operations = [
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='noticechoice',
            name='notice_choice_known',
        ),
        migrations.AddField(
            model_name='document',
            name='slug',
            field=models.CharField(blank=True, db_default='', default='', help_text='The address, since it was first published.', max_length=200),
        ),
        migrations.AddField(
            model_name='publication',
            name='note',
            field=models.CharField(blank=True, db_default='', default='', max_length=1000),
        ),
        migrations.AddField(
            model_name='publication',
            name='note_kind',
            field=models.CharField(blank=True, choices=[('correction', 'Correction'), ('update', 'Update')], db_default='', default='', max_length=20),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('assigned', 'Work was given to me'), ('deadline', 'A deadline is near'), ('sent_back', 'A text of mine was sent back'), ('source_changed', 'The original of a text of mine changed'), ('outdated', 'The original of a published article changed')], max_length=20),
        ),
        migrations.AlterField(
            model_name='noticechoice',
            name='kind',
            field=models.CharField(choices=[('assigned', 'Work was given to me'), ('deadline', 'A deadline is near'), ('sent_back', 'A text of mine was sent back'), ('source_changed', 'The original of a text of mine changed'), ('outdated', 'The original of a published article changed')], max_length=20),
        ),
        migrations.AlterField(
            model_name='publication',
            name='disclosure',
            field=models.CharField(max_length=1000),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['assigned', 'deadline', 'sent_back', 'source_changed', 'outdated'])), name='notice_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='noticechoice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['assigned', 'deadline', 'sent_back', 'source_changed', 'outdated']), ('mail__in', ['none', 'at_once', 'digest'])), name='notice_choice_known'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('note', ''), ('note_kind', '')), models.Q(models.Q(('note', ''), _negated=True), ('note_kind__in', ['correction', 'update']), ('number__gt', 1)), _connector='OR'), name='publication_note_has_a_kind'),
        ),
        migrations.AlterField(
            model_name='project',
            name='disclosure',
            field=models.CharField(blank=True, help_text='The line under a published article, with {source_language}, {target_language}, {engines} and {assistance} where these are to stand; empty for the standard line.', max_length=400),
        ),
        migrations.AddField(
            model_name='person',
            name='name_removed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
