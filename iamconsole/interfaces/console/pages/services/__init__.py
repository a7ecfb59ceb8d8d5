"""Services: those an account registered and the built-in ones, and what can be asked about them."""
