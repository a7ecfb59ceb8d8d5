"""A `credential_process` for AWS SDKs, which collects the user's new access key when his key is rotated.

Standard library alone, POSIX alone; copy the folder `iamconsole/client` to the host.

    [profile web]
    credential_process = python3 -m iamconsole.client.credential_process --server https://iam.example.com \
        --key-file /etc/iamconsole/web.json

    store        the key file: private, replaced whole, one writer at a time
    collecting   asks the product whether a new key waits, and goes over to it step by step
"""
