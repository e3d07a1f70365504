"""The desk: what an editor's screen keeps of its own."""

import django.db.models.deletion
from django.conf import settings
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
        # Texts divided and joined again, and where quoted words come from.
        migrations.CreateModel(
            name='DivisionDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('texts', models.JSONField(default=list)),
                ('base', models.PositiveIntegerField(default=0)),
                ('sequence', models.BigIntegerField(default=0)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='division_drafts', to='reviews.segment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('segment', 'person'), name='division_draft_once')],
            },
        ),
        migrations.CreateModel(
            name='QuoteProvenance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('language', models.CharField(blank=True, max_length=35)),
                ('wording', models.CharField(blank=True, choices=[('translated', 'translated by us'), ('original', 'the original wording'), ('published', 'a published translation')], max_length=20)),
                ('link', models.CharField(blank=True, max_length=2000)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('source_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.document')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='provenance', to='reviews.segment')),
            ],
            options={
                'verbose_name_plural': 'provenance of quotations',
                'constraints': [models.UniqueConstraint(fields=('segment', 'number'), name='quote_provenance_numbered_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='quote_provenance_number_from_one'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('language', ''), _negated=True), ('wording__in', ['translated', 'original', 'published'])), models.Q(('language', ''), ('link', ''), ('wording', '')), _connector='OR'), name='quote_provenance_whole')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='revision',
            name='revision_covers_some',
        ),
        migrations.RemoveConstraint(
            model_name='revision',
            name='revision_origin_known',
        ),
        migrations.AlterField(
            model_name='revision',
            name='origin',
            field=models.CharField(choices=[('typed', 'typed'), ('accepted', 'accepted unchanged'), ('adopted', 'adopted from an engine'), ('part', 'part adopted'), ('replaced', 'search and replace'), ('memory', 'translation memory'), ('imported', 'imported'), ('restored', 'earlier text restored'), ('divided', 'divided from the text of several sentences'), ('joined', 'joined from the texts of several sentences')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('covers__gte', 1), models.Q(('covers', 0), ('origin', 'joined'), ('text', '')), _connector='OR'), name='revision_covers_some'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['typed', 'accepted', 'adopted', 'part', 'replaced', 'memory', 'imported', 'restored', 'divided', 'joined'])), name='revision_origin_known'),
        ),
        # Typing is kept for each open page of a browser.
        migrations.AddField(
            model_name='draft',
            name='tab',
            field=models.CharField(blank=True, db_default='', default='', max_length=32),
        ),
        migrations.RemoveConstraint(
            model_name='draft',
            name='draft_typing_once',
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'typing')), fields=('segment', 'person', 'lane', 'tab'), name='draft_typing_once'),
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(condition=models.Q(('kind', 'typing')), fields=['updated_at'], name='draft_typing_age'),
        ),
        # The keys a person chose.
        migrations.AddField(
            model_name="person",
            name="keys",
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, editable=False),
        ),
        # What a search looks for words in, and up to where somebody has seen an article.
        migrations.AddField(
            model_name='document',
            name='searchable',
            field=models.BooleanField(db_default=False, default=False, help_text='Whether the words of all its texts are listed for search.'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('searchable', False)), fields=['project'], name='document_unsearchable'),
        ),
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('segment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='reviews.segment')),
                ('source', models.TextField(blank=True)),
                ('target', models.TextField(blank=True)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', '-segment'], name='search_text_newest')],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_number', models.PositiveBigIntegerField()),
                ('since_number', models.PositiveBigIntegerField()),
                ('at', models.DateTimeField()),
                ('document', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.document')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'document'), name='visit_once')],
            },
        ),
        # How the desk says things.
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=200)),
                ('target', models.CharField(max_length=200)),
                ('use', models.CharField(choices=[('preferred', 'preferred'), ('avoid', 'do not use')], default='preferred', max_length=20)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('words', models.CharField(max_length=400)),
                ('key', models.CharField(max_length=400)),
                ('forms', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='reviews.project')),
                ('retired_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('retired_at', None)), fields=['project', 'key'], name='term_key')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('project', 'words', 'target'), name='term_once'), models.CheckConstraint(condition=models.Q(('use__in', ['preferred', 'avoid'])), name='term_use_known'), models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('target', ''), _negated=True), models.Q(('words', ''), _negated=True)), name='term_whole'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at', None), ('retired_by', None)), models.Q(('retired_at__isnull', False), ('retired_by__isnull', False)), _connector='OR'), name='term_retired_by_somebody')],
            },
        ),
    ]
