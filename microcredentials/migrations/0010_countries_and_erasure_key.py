"""Countries of awarding universities; and the key of erased people, which was part of SECRET_KEY, becomes a file of KEYS_DIR."""

import hmac
from hashlib import sha256

from django.conf import settings
from django.db import migrations, models

from iqas.core.keys import make_key


def keep_the_key(apps, schema_editor):
    """What was remembered stays recognised: HMAC shortens a key of more than 64 bytes to its SHA-256, which fits the file."""
    erased = apps.get_model("microcredentials", "ErasedIdentity").objects
    if not erased.exists():
        return
    key = make_key("register/erased", sha256(f"microcredentials.erased|{settings.SECRET_KEY}".encode()).digest())
    erased.get_or_create(digest=hmac.new(key, b"canary|", sha256).hexdigest())


class Migration(migrations.Migration):
    dependencies = [("microcredentials", "0009_documents_of_programmes_and_as_evidence")]

    operations = [
        migrations.AddField(
            model_name="awardingbody",
            name="country",
            field=models.CharField(
                blank=True,
                help_text="Two letters; only where it is another.",
                max_length=2,
                verbose_name="country",
            ),
        ),
        migrations.AddField(
            model_name="awardingbody",
            name="region",
            field=models.CharField(
                blank=True, help_text="Only where it is another.", max_length=120, verbose_name="region"
            ),
        ),
        migrations.RunPython(keep_the_key, migrations.RunPython.noop),
    ]
