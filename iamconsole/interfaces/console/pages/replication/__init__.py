"""How far the regions are behind home."""
