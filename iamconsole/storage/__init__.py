"""What every stored row shares: its tenant, its name rules and its identifiers. The only Django below `policies`."""
