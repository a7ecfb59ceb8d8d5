"""Pages of identity providers."""
