"""What is left after a stop or a power cut at every single step."""
