"""Effort by engine and section, never by person."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0015_desk_figures")]

    operations = [
        migrations.CreateModel(
            name='EffortMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('counted_at', models.DateTimeField()),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.project')),
            ],
        ),
        migrations.CreateModel(
            name='EffortFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(max_length=120, null=True)),
                ('texts', models.PositiveIntegerField(null=True)),
                ('unchanged', models.PositiveIntegerField(null=True)),
                ('median', models.FloatField(null=True)),
                ('most', models.FloatField(null=True)),
                ('system', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.system')),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='reviews.effortmonth')),
            ],
        ),
        migrations.AddConstraint(
            model_name='effortmonth',
            constraint=models.UniqueConstraint(fields=('project', 'month'), name='effort_month_once'),
        ),
        migrations.AddConstraint(
            model_name='effortfigure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('median__isnull', True), ('most__isnull', True), ('texts__isnull', True), ('unchanged__isnull', True)), models.Q(('median__isnull', False), ('most__isnull', False), ('texts__isnull', False), ('unchanged__isnull', False)), _connector='OR'), name='effort_figure_whole_or_hidden'),
        ),
    ]
