"""`make screenshots`: run the pictures, which no other run of the browser tests collects."""

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    pictures = Path(__file__).with_name("pictures.py")
    sys.exit(pytest.main([str(pictures), "-m", "e2e", "-q", *sys.argv[1:]]))
