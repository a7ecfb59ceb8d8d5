"""Backups of the whole installation, and restoring them: `manage.py backup`, `manage.py restore`.

    taking      a consistent copy of the database and the audit checkpoints, while everything runs
    restoring   checks first, then puts the copy in place and begins another history of the change log
    archive     the file: a tar whose manifest is signed and names every member with its SHA-256
    sqlite, postgres   how a database is copied and put back

No master key is in a backup: without the keys that sealed it, none of its secrets can be read, and none is restored.
"""
