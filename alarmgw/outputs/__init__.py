"""Ways out: each listens to the hub and tells somebody."""
