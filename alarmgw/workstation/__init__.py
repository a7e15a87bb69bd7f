"""The workstation: keeps the link, mirrors what is open, serves the console."""
