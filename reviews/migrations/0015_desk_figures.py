"""Figures for the desk head, counted as work is done."""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone


def fill(apps, schema_editor):
    """What the new columns say of articles that are out; critical findings and weekly scores are counted soon after.

    Counting (`reviews.models.tally`) begins when the triggers are put in place, after the migrations.
    """
    Document = apps.get_model("reviews", "Document")
    Publication = apps.get_model("reviews", "Publication")
    first = Publication.objects.filter(document=OuterRef("pk"), number=1).values("created_at")
    out = Document.objects.filter(latest_publication__isnull=False)
    out.update(first_published_at=Subquery(first))
    for document in out.only("first_published_at", "published_at", "created_at").iterator(chunk_size=1000):
        since = document.first_published_at - (document.published_at or document.created_at)
        Document.objects.filter(pk=document.pk).update(lag_seconds=round(since.total_seconds()))
    changed = out.exclude(state="published").exclude(latest_publication__source_revision=F("current_source"))
    Document.objects.filter(pk__in=changed.values("pk")).update(outdated=True)
    QualityMark = apps.get_model("reviews", "QualityMark")
    dated = Document.objects.values_list("project_id", "published_at", "created_at")
    weeks = {
        (project, day - timedelta(days=day.weekday()))
        for project, published_at, created_at in dated.iterator(chunk_size=1000)
        for day in [timezone.localdate(published_at or created_at)]
    }
    QualityMark.objects.bulk_create(QualityMark(project_id=project, week=week) for project, week in sorted(weeks))
    apps.get_model("reviews", "Project").objects.filter(archived_at=None).update(checks_changed_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("reviews", "0014_records")]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(blank=True, max_length=120)),
                ('measure', models.CharField(max_length=40)),
                ('number', models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='document',
            name='critical_texts',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Texts with a critical finding that stands open, as of the last check of each.'),
        ),
        migrations.AddField(
            model_name='document',
            name='first_published_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='lag_seconds',
            field=models.BigIntegerField(blank=True, help_text='From the publication of the original, as its file says, or else from its import, to the first of the translation.', null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='outdated',
            field=models.BooleanField(db_default=False, default=False, help_text='Whether readers have a translation of an original that changed since.'),
        ),
        migrations.AddField(
            model_name='project',
            name='checks_changed_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='Since when the open findings of articles may still be counted by an older policy.', null=True),
        ),
        migrations.AddField(
            model_name='segment',
            name='open_criticals',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['project', 'section', 'state', 'created_at'], name='document_waiting'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('deadline_at__isnull', False), ('state__in', ('new', 'in_review', 'reviewed'))), fields=['project', 'deadline_at'], name='document_due'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('outdated', True)), fields=['project', 'id'], name='document_outdated'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('critical_texts__gt', 0)), fields=['project', 'id'], name='document_critical'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('first_published_at__isnull', False)), fields=['project', 'first_published_at', 'section', 'lag_seconds'], name='document_lag'),
        ),
        migrations.AddIndex(
            model_name='segment',
            index=models.Index(condition=models.Q(('open_criticals__gt', 0)), fields=['document'], name='segment_critical'),
        ),
        migrations.AddField(
            model_name='tally',
            name='project',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='reviews.project'),
        ),
        migrations.AddIndex(
            model_name='tally',
            index=models.Index(fields=['project', 'section', 'measure', 'number'], name='tally_counts'),
        ),
        migrations.CreateModel(
            name='QualityWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('counted_at', models.DateTimeField()),
                ('editors', models.PositiveIntegerField(db_default=0, default=0, help_text='How many people wrote the approved texts: what may be shown depends on it.')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.project')),
            ],
        ),
        migrations.CreateModel(
            name='QualitySum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('section', models.CharField(max_length=120, null=True)),
                ('group', models.PositiveSmallIntegerField()),
                ('texts', models.PositiveIntegerField()),
                ('left_out', models.PositiveIntegerField()),
                ('s1', models.BigIntegerField(default=0)),
                ('s2', models.BigIntegerField(default=0)),
                ('s3', models.BigIntegerField(default=0)),
                ('s4', models.BigIntegerField(default=0)),
                ('s5', models.BigIntegerField(default=0)),
                ('s6', models.BigIntegerField(default=0)),
                ('s7', models.BigIntegerField(default=0)),
                ('s8', models.BigIntegerField(default=0)),
                ('s9', models.BigIntegerField(default=0)),
                ('s10', models.BigIntegerField(default=0)),
                ('s11', models.BigIntegerField(default=0)),
                ('s12', models.BigIntegerField(default=0)),
                ('s13', models.BigIntegerField(default=0)),
                ('s14', models.BigIntegerField(default=0)),
                ('s15', models.BigIntegerField(default=0)),
                ('s16', models.BigIntegerField(default=0)),
                ('s17', models.BigIntegerField(default=0)),
                ('s18', models.BigIntegerField(default=0)),
                ('s19', models.BigIntegerField(default=0)),
                ('s20', models.BigIntegerField(default=0)),
                ('s21', models.BigIntegerField(default=0)),
                ('s22', models.BigIntegerField(default=0)),
                ('s23', models.BigIntegerField(default=0)),
                ('s24', models.BigIntegerField(default=0)),
                ('config', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.metricconfig')),
                ('system', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.system')),
                ('target', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.scoretarget')),
                ('counted', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sums', to='reviews.qualityweek')),
            ],
        ),
        migrations.CreateModel(
            name='QualityMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'week'], name='quality_mark_week')],
            },
        ),
        migrations.AddConstraint(
            model_name='qualityweek',
            constraint=models.UniqueConstraint(fields=('project', 'week'), name='quality_week_once'),
        ),
        migrations.AddIndex(
            model_name='qualitysum',
            index=models.Index(fields=['target', 'section', 'week'], name='quality_sum_read'),
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='taskrun',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['project', 'updated_at'], name='task_run_failed'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
