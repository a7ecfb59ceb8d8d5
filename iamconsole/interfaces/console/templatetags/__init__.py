"""Template tags of the console: icons and formatting."""
