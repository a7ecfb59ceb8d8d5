"""Second factors: giving one, having them, taking them away."""
