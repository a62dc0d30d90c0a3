from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', "0002_dialogue"),
    ]

    operations = [
        migrations.RemoveField(
            model_name='replylink',
            name='edition',
        ),
    ]
