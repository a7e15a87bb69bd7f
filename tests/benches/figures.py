"""A measured figure beside what was promised of it."""

from __future__ import annotations

from attrs import frozen


@frozen
class Figure:
    """One figure; ``bound`` is what it must stay below."""

    name: str
    value: float
    unit: str
    bound: float

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.value < self.bound

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "MISSED"
        return f"{self.name:64}{self.value:9.2f} {self.unit:3} under {self.bound:g}: {verdict}"
