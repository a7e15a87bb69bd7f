"""How long something may take on this machine at this moment."""

from __future__ import annotations

import os


def allowed(seconds: float) -> float:
    """``seconds``, or longer where more wants to run than there are cores."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
