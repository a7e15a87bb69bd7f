"""SIGKILL of gateways and workstations; ``python -m tests.kill`` is the way in."""
