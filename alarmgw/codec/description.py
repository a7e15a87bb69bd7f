"""What a part's header declares: to be looked at, not to be believed."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from alarmgw.codec.charset import codec_name
from alarmgw.codec.findings import Findings
from alarmgw.codec.parameters import LABEL_CHARACTERS, VALUE_BYTES, Structured, structured
from alarmgw.codec.transfer import encoding_name
from alarmgw.codec.words import words_text


@frozen(kw_only=True)
class Description:
    """What a part's header declares of it."""

    media_type: str
    encoding: str
    charset: str | None
    name: str | None
    location: str | None
    attached: bool

    @property
    def is_text(self) -> bool:
        """Whether the part is text unless its bytes prove otherwise."""
        return self.media_type.startswith("text/") and not self.name and not self.attached


def declared_type(content: Structured, digest: bool) -> str:
    """A part's declared media type, or what it is without one."""
    value = content.value
    if "/" in value:
        return value
    if not value:
        return "message/rfc822" if digest else "text/plain"
    if value.startswith("multipart"):
        return "multipart/mixed"
    return "text/plain" if value == "text" else "application/octet-stream"


def described(
    fields: Mapping[str, bytes], content: Structured, media_type: str, findings: Findings
) -> Description:
    """What a part's header says, decoded as well as what was read so far allows."""
    charset = content.token("charset")
    if codec_name(charset):
        findings.charsets[charset or ""] = None
    disposition = structured(fields.get("content-disposition", b""))
    if disposition.raw_8bit("filename") or content.raw_8bit("name"):
        findings.note("raw_8bit_header")
    name = disposition.text("filename", findings.charsets) or content.text(
        "name", findings.charsets
    )
    location = words_text(fields.get("content-location", b"")[:VALUE_BYTES], findings.charsets)
    return Description(
        media_type=media_type,
        encoding=encoding_name(fields.get("content-transfer-encoding", b"")),
        charset=charset,
        name=name,
        location=location[:LABEL_CHARACTERS] or None,
        attached=disposition.value.startswith("attach"),
    )
