"""Where messages of the account go, and what became of them."""
