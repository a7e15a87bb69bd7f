"""What axe finds wrong with a page: roles, names, focus order, contrast."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from selenium.webdriver import Chrome

#: What the law of most countries asks of a page: WCAG 2.1, levels A and AA.
WCAG_2_1_AA = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
#: What alone can differ between a dark page and a light one.
CONTRAST = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}

_RUN = """
    const found = await axe.run(document,
      {runOnly: arguments[0], resultTypes: ["violations"], preload: false});
    return found.violations.flatMap((rule) => rule.nodes.map((node) =>
      `${rule.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} (${node.failureSummary})`
    ));"""


@cache
def _axe() -> str:
    packed = resources.files("axe_playwright_python") / "axe.min.js"
    return packed.read_text(encoding="utf-8")


def violations(chrome: Chrome, rules: dict[str, Any] = WCAG_2_1_AA) -> list[str]:
    """Each rule that an element breaks, with that element; the page's own policy stays in force."""
    if chrome.execute_script("return typeof axe === 'undefined'"):
        chrome.execute_cdp_cmd("Runtime.evaluate", {"expression": _axe()})
    return [str(found) for found in chrome.execute_script(_RUN, rules)]
