"""Properties: what holds for any input."""
