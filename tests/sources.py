"""The project's own source files, parsed: what the tests about floors and shape walk over."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

ROOT = Path(__file__).parent.parent

#: Field data as it was handed over.
FOREIGN = ROOT / "tests" / "samples"


@frozen
class SourceFile:
    """One Python file of the project."""

    path: Path
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)

    @property
    def name(self) -> str:
        """Its path from the checkout's top, as failure messages show it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        """Its dotted name: ``alarmgw.store.journal``."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@functools.cache
def source_files(folder: str) -> tuple[SourceFile, ...]:
    """Every Python file of ours below ``folder``, in order."""
    paths = sorted(path for path in (ROOT / folder).rglob("*.py") if FOREIGN not in path.parents)
    texts = [(path, path.read_text(encoding="utf-8")) for path in paths]
    return tuple(SourceFile(path, text, ast.parse(text)) for path, text in texts)


def imports(source: SourceFile) -> Iterator[str]:
    """The dotted name of everything that the file imports, wherever in it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
