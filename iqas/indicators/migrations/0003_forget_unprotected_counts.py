"""Numbers that came from counts of learners protected only the size of the group: they are measured anew, and until then gone."""

from django.db import migrations


def forget(apps, schema_editor):
    measurements = apps.get_model("indicators", "Measurement").objects
    measurements.filter(definition__computation__in=("completion", "success", "coverage")).delete()


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_target_version")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
