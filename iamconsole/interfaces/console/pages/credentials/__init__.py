"""SSH public keys, signing certificates and service-specific credentials of users."""
