"""What leaves for servers of others: one guarded way out."""
