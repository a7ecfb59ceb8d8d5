"""`manage.py doctor`: what is unsafe or missing in an installation, and what to do about each."""
