from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0004_human_ratings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='taskrun',
            name='kind',
            field=models.CharField(choices=[('score', 'Scores and checks'), ('check', 'Checks of revisions'), ('post_edit', 'Scores against approved texts')], max_length=20),
        ),
    ]
