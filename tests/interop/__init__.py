"""Other peoples mail clients deliver to a running gateway."""
