"""Ways in: each speaks one protocol and hands over to the intake."""
