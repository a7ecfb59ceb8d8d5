"""Pages that explain access: denials, the simulator, who can do what."""
