"""AWS's `iam-toolbox` service: REST-JSON, signed with SigV4 for `iam`; stock clients only need the endpoint."""
