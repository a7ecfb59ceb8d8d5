import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_master_keys'),
        ('policies', '0002_services'),
    ]

    operations = [
        migrations.CreateModel(
            name='ResourcePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('arn', models.CharField(max_length=2000)),
                ('service_prefix', models.CharField(max_length=64)),
                ('document', models.TextField()),
                ('bindings', models.JSONField(blank=True, default=dict)),
                ('created', models.DateTimeField()),
                ('updated', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resource_policies', to='policies.registeredservice')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'arn'), name='resource_policy_one_per_resource')],
            },
        ),
    ]
