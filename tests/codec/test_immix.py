"""XML without an XML parser."""

from __future__ import annotations

from alarmgw.codec.immix import elements_in, is_xml


def test_elements() -> None:
    """Elements with text are found, whatever stands around them."""
    text = (
        '<?xml version="1.0"?><a:Alarm x="1"><!-- c --><Input1>7</Input1><Url></Url><T>a &lt; b</T>'
    )
    assert list(elements_in(text)) == [("Input1", "7"), ("T", "a < b")]


def test_nothing_is_expanded() -> None:
    """A declared entity stays as it is written: nothing is fetched, nothing grows."""
    text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><E>&x;</E><F>&#65;&#0;</F></a>'
    assert dict(elements_in(text)) == {"E": "&x;", "F": "A\ufffd"}


def test_broken_off() -> None:
    """XML that ends in the middle gives what was there."""
    assert list(elements_in("<Alarm><EventType>Motion")) == [("EventType", "Motion")]


def test_what_is_xml() -> None:
    """A text is XML by its beginning only."""
    assert is_xml("\n<Alarm>") and is_xml("<?xml ?>")
    assert not is_xml("x <Alarm>") and not is_xml("<3 you") and not is_xml("")


def test_elements_are_bounded() -> None:
    """Of elements without end the first are read."""
    assert len(list(elements_in("<a>b</a>" * 10000))) <= 500
