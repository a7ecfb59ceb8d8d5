"""Records and checkpoints become append-only; look-ups get the indexes that newest-first pages walk."""

from django.db import migrations, models

from iamconsole.audit import guard


def install(apps, schema_editor):
    guard.install(schema_editor.connection)


def remove(apps, schema_editor):
    guard.remove(schema_editor.connection)


def newest_first(name, *columns):
    return migrations.AddIndex(
        model_name='auditevent',
        index=models.Index(fields=['account_id', *columns, '-time', '-sequence'], name=name),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DroppableSegment',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('account_id', models.CharField(max_length=12)),
                ('number', models.PositiveBigIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='audit_one_droppable')],
            },
        ),
        migrations.RemoveIndex(model_name='auditevent', name='audit_by_time'),
        migrations.RemoveIndex(model_name='auditevent', name='audit_by_name'),
        newest_first('audit_by_time'),
        newest_first('audit_by_name', 'name'),
        newest_first('audit_by_principal', 'principal'),
        newest_first('audit_by_key', 'access_key_id'),
        migrations.RunPython(install, remove),
    ]
