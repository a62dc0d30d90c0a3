from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0003_dialogue'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='replylink',
            name='edition',
        ),
    ]
