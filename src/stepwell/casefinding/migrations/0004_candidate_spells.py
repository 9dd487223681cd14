"""The supplies that met a definition are kept with the person found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casefinding", "0003_rows_expected")]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="spells",
            field=models.JSONField(default=list),
        ),
    ]
