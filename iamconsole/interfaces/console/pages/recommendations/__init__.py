"""What the dashboard recommends."""
