"""Evidence: what the gate, the record, the dashboard, corrections and privacy keep, and English that was added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0012_desk")]

    operations = [
        # Which segments a text serves beside its own is asked at every save.
        migrations.AddIndex(
            model_name="segment",
            index=models.Index(
                condition=models.Q(("covered_by__isnull", False)), fields=["covered_by"], name="segment_covered"
            ),
        ),
        # English that an editor added to an article.
        migrations.AddField(
            model_name="placement",
            name="added",
            field=models.BooleanField(db_default=False, default=False),
        ),
        # Errors found after publication, and what became of them.
        migrations.CreateModel(
            name='ReaderReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reader', 'a reader’s complaint'), ('own', 'our own finding')], max_length=20)),
                ('category', models.CharField(help_text='The kind of error, as MQM names it.', max_length=120)),
                ('severity', models.CharField(choices=[('critical', 'critical'), ('major', 'major'), ('minor', 'minor')], max_length=10)),
                ('start', models.PositiveIntegerField(null=True)),
                ('end', models.PositiveIntegerField(null=True)),
                ('note', models.CharField(blank=True, max_length=2000)),
                ('source_hash', models.CharField(max_length=64)),
                ('target_hash', models.CharField(max_length=64)),
                ('engines', models.JSONField(default=list)),
                ('seen', models.JSONField(default=list)),
                ('save_key', models.CharField(help_text='A request that is sent again gives the same report.', max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.project')),
                ('publication', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='reviews.publication')),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.segment')),
            ],
        ),
        migrations.CreateModel(
            name='ReaderReportAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('corrected', 'corrected'), ('no_error', 'no error'), ('reopened', 'open again')], max_length=20)),
                ('reason', models.CharField(blank=True, max_length=1000)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('correction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrects', to='reviews.publication')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='reviews.readerreport')),
            ],
        ),
        migrations.AddIndex(
            model_name='readerreport',
            index=models.Index(fields=['project', 'created_at'], name='reader_report_project'),
        ),
        migrations.AddConstraint(
            model_name='readerreport',
            constraint=models.UniqueConstraint(fields=('publication', 'person', 'save_key'), name='reader_report_saved_once'),
        ),
        migrations.AddConstraint(
            model_name='readerreport',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reader', 'own'])), name='reader_report_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='readerreport',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', ('critical', 'major', 'minor'))), name='reader_report_severity_known'),
        ),
        migrations.AddConstraint(
            model_name='readerreport',
            constraint=models.CheckConstraint(condition=models.Q(('category', ''), _negated=True), name='reader_report_has_category'),
        ),
        migrations.AddConstraint(
            model_name='readerreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end__isnull', True), ('start__isnull', True)), models.Q(('end__gt', models.F('start')), ('start__isnull', False)), _connector='OR'), name='reader_report_span_whole'),
        ),
        migrations.AddConstraint(
            model_name='readerreportanswer',
            constraint=models.UniqueConstraint(fields=('report', 'number'), name='reader_report_answered_once'),
        ),
        migrations.AddConstraint(
            model_name='readerreportanswer',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='reader_report_answer_number_from_one'),
        ),
        migrations.AddConstraint(
            model_name='readerreportanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('correction__isnull', False), ('kind', 'corrected')), models.Q(('correction__isnull', True), ('kind__in', ['no_error', 'reopened']), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='reader_report_answer_whole'),
        ),
    ]
