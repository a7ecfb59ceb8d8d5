"""Records get names that they are found by, and verifying them may be a job.

Records that are there already get their names from `audit.name_records`.
"""

import django.db.models.deletion
from django.db import migrations, models

from iamconsole.audit import guard


def install(apps, schema_editor):
    guard.install(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0005_look_ups'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditchain',
            name='named',
            field=models.PositiveBigIntegerField(db_default=0),
        ),
        migrations.CreateModel(
            name='AuditName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account_id', models.CharField(max_length=12)),
                ('place', models.PositiveIntegerField()),
                ('side', models.CharField(max_length=1)),
                ('name', models.BinaryField()),
                ('arn', models.CharField(blank=True, max_length=2048)),
                ('time', models.DateTimeField()),
                ('sequence', models.PositiveBigIntegerField()),
                ('event', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='names', to='audit.auditevent')),
            ],
            options={
                'indexes': [models.Index(fields=['account_id', 'side', 'name', '-time', '-sequence'], name='audit_by_named')],
                'constraints': [models.UniqueConstraint(fields=('event', 'place'), name='audit_name_once')],
            },
        ),
        migrations.CreateModel(
            name='AuditVerificationJob',
            fields=[
                ('account_id', models.CharField(max_length=12, primary_key=True, serialize=False)),
                ('job_id', models.CharField(max_length=36)),
                ('ordered', models.DateTimeField()),
                ('leased_until', models.DateTimeField(null=True)),
                ('total', models.PositiveBigIntegerField(default=0)),
                ('course', models.JSONField(null=True)),
                ('finished', models.DateTimeField(null=True)),
                ('result', models.JSONField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('finished', None)), fields=['ordered'], name='verification_ordered')],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
