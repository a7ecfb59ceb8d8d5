"""The version, as /healthz, the console and the documentation say it."""

VERSION = "0.1.0"
