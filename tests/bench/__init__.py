"""Benchmarks beside peers: `make bench`. They measure and print; no test asserts a time."""
