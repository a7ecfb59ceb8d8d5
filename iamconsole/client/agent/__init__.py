"""The agent of a host: gives its processes the credentials of their role, as EC2 and ECS do.

Standard library alone where the host has a host key; a private key needs the package `cryptography`.

    python -m iamconsole.client.agent --server https://iam.example.com --host-key /etc/iamconsole/host.key
    export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:9911

    source     asks the product, keeps what it says and renews it in time
    proof      what a workload proves itself by: its host key, or a token signed with its private key
    metadata   what the instance metadata service answers
    service    the requests of processes on this host
"""
