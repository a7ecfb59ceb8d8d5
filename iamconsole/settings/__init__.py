"""Settings: `embedded` (default), `production` and `test` share `base`; `environment` is the one table of variables."""
