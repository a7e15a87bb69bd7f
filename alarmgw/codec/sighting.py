"""Sighting: all that a mail says, gathered by event, before it is given our words.

Pairs say most; then lines worded as the maker words them; then the subject; then
sentences.  What one of them leaves open the next one fills.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from attrs import frozen

from alarmgw.codec.clauses import best_clause
from alarmgw.codec.formats import Format
from alarmgw.codec.groups import GROUPS, Group, group_of_line, groups_of_lines, groups_of_pairs
from alarmgw.codec.mailtext import MailText
from alarmgw.codec.recognition import means_something
from alarmgw.codec.told import Told

#: What events of one mail share, and what one without a word of its own takes from another.
_SHARED = ("device",)
_BORROWED = ("device", "event", "detail", "state")
#: What the subject tells of each.
_TOLD = ("event", "detail")


@frozen
class Sighting:
    """The groups of a mail, at least one, what its subject says, and what its sentences tell."""

    groups: Sequence[Group]
    subject: Group
    told: Told


def sighted(mail: MailText, form: Format, generic: Format) -> Sighting:
    """What the mail says, read by ``form`` and where that is silent by ``generic``."""
    groups = groups_of_pairs(mail.pairs, form, generic, mail.marked)
    lines = _groups_of_lines(mail, form)
    if not any("event" in group.values for group in groups):
        groups = [group for group in lines if "event" in group.values] or groups
    groups = groups or [Group()]
    beside = _group_of_subject(mail, form, generic)
    _share(groups)
    sources = (*lines, beside)
    if len(groups) > 1:
        shared = next((of for other in sources if (of := _of(other, _SHARED))), {})
        sources = (Group({**shared, **_of(beside, _TOLD)}),)
    for other in sources:
        _fill(groups, other.values)
    return Sighting(groups, beside, Told(mail))


def _groups_of_lines(mail: MailText, form: Format) -> list[Group]:
    """What the lines say that are worded as the format's are."""
    templates = (*form.mark_lines, *form.also_lines)
    found = groups_of_lines(mail, templates, lambda raw: means_something(raw, form))
    return [*itertools.islice(found, GROUPS)]


def _group_of_subject(mail: MailText, form: Format, generic: Format) -> Group:
    """What the subject says, in any of the format's wordings or as pairs."""
    group = Group()
    for template in (*form.mark_subject, *form.also_subject):
        found = group_of_line(
            mail.title, (template,), mail.marked, lambda raw: means_something(raw, form)
        )
        if found is not None:
            group.fill(found.values)
    for found in groups_of_pairs(mail.subject_pairs, form, generic, mail.marked):
        clause = best_clause(found.values.get("event", ""))
        if clause is not None:
            found.values["event"] = clause.raw
            group.fill(found.values)
    return group


def _share(groups: Sequence[Group]) -> None:
    """Give every group what the mail says once for all its events."""
    owner = next((group for group in groups if "device" in group.values), None)
    donor = next((group for group in groups if "event" in group.values), None)
    _fill(groups, _of(owner, _SHARED) if owner else {})
    if donor is None:
        return
    lent = _of(donor, _BORROWED)
    for group in groups:
        if "event" not in group.values:
            group.fill(lent)
            group.stamps = group.stamps or list(donor.stamps)


def _fill(groups: Sequence[Group], values: Mapping[str, str]) -> None:
    """Give every group what it lacks."""
    for group in groups if values else ():
        group.fill(values)


def _of(group: Group, names: Sequence[str]) -> dict[str, str]:
    """What a group says of these names."""
    return {name: group.values[name] for name in names if name in group.values}
