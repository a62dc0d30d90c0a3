
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='item',
            name='common_code',
            field=models.CharField(blank=True, max_length=40, verbose_name='common question'),
        ),
        migrations.AddField(
            model_name='item',
            name='importance_of',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='item',
            name='shown_if_code',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='item',
            name='shown_if_values',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name='questionnaire',
            name='audience',
            field=models.CharField(choices=[('learner', 'learners'), ('withdrawn', 'learners who withdrew'), ('graduate', 'graduates'), ('teacher', 'teaching staff'), ('support', 'support staff'), ('partner', 'employers and other bodies'), ('provider', 'other providers')], max_length=20, verbose_name='audience'),
        ),
    ]
