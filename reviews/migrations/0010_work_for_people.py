"""Steps beside edit and approve, who is asked to do them, notices, passes in a lane, acts on many articles."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0009_four_eyes_kinds'),
    ]

    operations = [
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('until', models.DateTimeField(blank=True, help_text='From then on everybody may take it.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_as', models.CharField(blank=True, choices=[('done', 'The work is done or no longer wanted'), ('passed_on', 'Given to somebody else'), ('given_back', 'Given back to everybody'), ('ran_out', 'Its time ran out'), ('unfit', 'The person is away, left, or may not do it any more')], max_length=20)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Availability',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('away_from', models.DateTimeField(blank=True, null=True)),
                ('away_until', models.DateTimeField(blank=True, null=True)),
                ('most_open', models.PositiveSmallIntegerField(default=5, help_text='Articles assigned at one time.')),
                ('sections', models.JSONField(blank=True, default=list, help_text='Sections taken on first.')),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='BulkJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('assign', 'Give to a person'), ('unassign', 'Take back'), ('approve', 'Approve what is reviewed'), ('send_back', 'Send back'), ('reopen', 'Reopen')], max_length=20)),
                ('options', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='running', max_length=20)),
                ('todo', models.JSONField(default=list, help_text='Articles that are left, each with what the person saw of it.')),
                ('total', models.PositiveIntegerField(default=0)),
                ('report', models.JSONField(default=list, help_text='What became of each article, in words where it was refused.')),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('assigned', 'Work was given to me'), ('deadline', 'A deadline is near'), ('sent_back', 'A text of mine was sent back'), ('source_changed', 'The original of a text of mine changed')], max_length=20)),
                ('key', models.CharField(max_length=120)),
                ('text', models.CharField(max_length=500)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('mail_at', models.DateTimeField(blank=True, null=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NoticeChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('assigned', 'Work was given to me'), ('deadline', 'A deadline is near'), ('sent_back', 'A text of mine was sent back'), ('source_changed', 'The original of a text of mine changed')], max_length=20)),
                ('mail', models.CharField(choices=[('none', 'No e-mail'), ('at_once', 'At once'), ('digest', 'Once a day')], max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name='ReviewPass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lane', models.CharField(choices=[('main', 'Main'), ('blind', 'Blind second review'), ('sample', 'Sample'), ('adjudication', 'Adjudication')], max_length=20)),
                ('after', models.PositiveIntegerField(default=0)),
                ('outcome', models.CharField(blank=True, choices=[('done', 'done'), ('given_up', 'given up'), ('reopened', 'asked for anew')], max_length=20)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='WorkItemSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('edit', 'Edit'), ('specialist', 'Specialist'), ('blind', 'Second review'), ('adjudicate', 'Settle'), ('approve', 'Approve')], max_length=20)),
                ('open', models.BooleanField(default=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='workitem',
            name='work_item_live_once',
        ),
        migrations.RemoveIndex(
            model_name='workitem',
            name='work_item_open',
        ),
        migrations.AddField(
            model_name='project',
            name='assigns',
            field=models.BooleanField(db_default=False, default=False, help_text='Whether new work is given to people by rule; without it everybody takes the next piece.'),
        ),
        migrations.AddField(
            model_name='project',
            name='routing_policy',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, help_text='Which text needs which work, as `reviews.routing.policy` reads it; empty for the defaults.'),
        ),
        migrations.AddField(
            model_name='project',
            name='routing_changed_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='Since when articles may still be routed by an older policy.', null=True),
        ),
        migrations.AddField(
            model_name='segment',
            name='open_findings',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name='segment',
            name='route',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AlterField(
            model_name='taskrun',
            name='kind',
            field=models.CharField(choices=[('score', 'Scores and checks'), ('check', 'Checks of revisions'), ('post_edit', 'Scores against approved texts'), ('route', 'Work by a changed policy')], max_length=20),
        ),
        migrations.AddField(
            model_name='project',
            name='deadline_lead',
            field=models.PositiveSmallIntegerField(db_default=120, default=120, help_text='So many minutes before a deadline people are told that it is near.'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='assignee',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='workitem',
            name='due_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='workitem',
            name='section',
            field=models.CharField(blank=True, db_default='', max_length=120),
        ),
        migrations.AddField(
            model_name='workitem',
            name='skill',
            field=models.CharField(blank=True, db_default='', help_text='What whoever does it has to know.', max_length=60),
        ),
        migrations.AlterField(
            model_name='workitem',
            name='step',
            field=models.CharField(choices=[('edit', 'Edit'), ('specialist', 'Specialist'), ('blind', 'Second review'), ('adjudicate', 'Settle'), ('approve', 'Approve')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(condition=models.Q(('assignee', None), ('state', 'open')), fields=['project', 'step', 'skill', 'sort_key', 'id'], name='work_item_queue'),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(condition=models.Q(('assignee__isnull', False), ('state', 'open')), fields=['assignee', 'step', 'sort_key', 'id'], name='work_item_assigned'),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('state__in', ['open', 'leased'])), fields=['due_at'], name='work_item_due'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('deadline_at__isnull', False)), fields=['deadline_at'], name='document_deadline'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'open', 'leased'))), fields=('document', 'step', 'skill'), name='work_item_live_once'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assignment',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='reviews.workitem'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='availability',
            name='person',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='availability', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bulkjob',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bulkjob',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='reviews.project'),
        ),
        migrations.AddField(
            model_name='notice',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.document'),
        ),
        migrations.AddField(
            model_name='notice',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notice',
            name='item',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.workitem'),
        ),
        migrations.AddField(
            model_name='notice',
            name='segment',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.segment'),
        ),
        migrations.AddField(
            model_name='noticechoice',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_choices', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewpass',
            name='decision',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.decision'),
        ),
        migrations.AddField(
            model_name='reviewpass',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passes', to='reviews.workitem'),
        ),
        migrations.AddField(
            model_name='reviewpass',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewpass',
            name='segment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='passes', to='reviews.segment'),
        ),
        migrations.AddField(
            model_name='skill',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='skill',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills', to='reviews.project'),
        ),
        migrations.AddField(
            model_name='workitemsegment',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='segments', to='reviews.workitem'),
        ),
        migrations.AddField(
            model_name='workitemsegment',
            name='segment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.segment'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['until'], name='assignment_runs_out'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('item',), name='assignment_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='assignment_says_why'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_as', ''), ('ended_at__isnull', True)), models.Q(('ended_at__isnull', False), models.Q(('ended_as', ''), _negated=True)), _connector='OR'), name='assignment_ended_somehow'),
        ),
        migrations.AddConstraint(
            model_name='availability',
            constraint=models.CheckConstraint(condition=models.Q(('away_from__isnull', True), ('away_until__isnull', True), ('away_until__gt', models.F('away_from')), _connector='OR'), name='availability_back_after_leaving'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='document',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.document'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['document', 'person'], name='decision_document'),
        ),
        migrations.AddIndex(
            model_name='bulkjob',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['updated_at'], name='bulk_job_running'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['person', 'id'], name='notice_unread'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('read_at__isnull', False)), fields=['created_at'], name='notice_read'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('mail_at__isnull', False)), fields=['mail_at', 'person'], name='notice_to_mail'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('person', 'kind', 'key'), name='notice_once'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['assigned', 'deadline', 'sent_back', 'source_changed'])), name='notice_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('mail_at__isnull', True), ('mailed_at__isnull', True), _connector='OR'), name='notice_mailed_or_to_mail'),
        ),
        migrations.AddConstraint(
            model_name='noticechoice',
            constraint=models.UniqueConstraint(fields=('person', 'kind'), name='notice_choice_once'),
        ),
        migrations.AddConstraint(
            model_name='noticechoice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['assigned', 'deadline', 'sent_back', 'source_changed']), ('mail__in', ['none', 'at_once', 'digest'])), name='notice_choice_known'),
        ),
        migrations.AddConstraint(
            model_name='reviewpass',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('segment', 'lane'), name='review_pass_open_once'),
        ),
        migrations.AddConstraint(
            model_name='reviewpass',
            constraint=models.CheckConstraint(condition=models.Q(('lane__in', ['blind', 'sample', 'adjudication'])), name='review_pass_beside_main'),
        ),
        migrations.AddConstraint(
            model_name='reviewpass',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('decision__isnull', True), ('outcome', '')), models.Q(('closed_at__isnull', False), ('decision__isnull', True), ('outcome', 'given_up')), models.Q(('closed_at__isnull', False), ('decision__isnull', False), ('outcome__in', ['done', 'reopened'])), _connector='OR'), name='review_pass_open_or_closed'),
        ),
        migrations.AddConstraint(
            model_name='skill',
            constraint=models.UniqueConstraint(fields=('project', 'person', 'name'), name='skill_once'),
        ),
        migrations.AddConstraint(
            model_name='skill',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='skill_named'),
        ),
        migrations.AddConstraint(
            model_name='workitemsegment',
            constraint=models.UniqueConstraint(fields=('item', 'segment'), name='work_item_segment_once'),
        ),
        migrations.AddConstraint(
            model_name='workitemsegment',
            constraint=models.UniqueConstraint(condition=models.Q(('open', True)), fields=('segment', 'step'), name='work_item_segment_open_once'),
        ),
    ]
