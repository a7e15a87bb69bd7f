"""Notes: the codes that say what was odd about a mail, each with the sentence that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Every code that may stand in an alarm's ``notes``.
NOTES: Mapping[str, str] = MappingProxyType(
    {
        # the mail's lines and structure
        "bare_lf": "Lines of the mail end in LF alone instead of CR LF.",
        "bare_cr": "Lines of the mail end in CR alone instead of CR LF.",
        "bare_lf_session": "The whole SMTP conversation ended its lines in LF alone.",
        "no_headers": "The mail begins with its text and has no header fields at all.",
        "no_blank_line": "The blank line between a header and its body was missing.",
        "no_delimiter": "A multipart mail contained no delimiter, so its content is taken as text.",
        "no_close_delimiter": "The mail ended, or an outer part went on, inside an open multipart.",
        "odd_boundary": "The boundary that was declared is not the one that was used.",
        "raw_8bit_header": "A subject or file name had 8-bit characters of no declared set.",
        # content
        "bad_base64": "Base64 content had stray characters, wrong padding or a broken end.",
        "undeclared_base64": "A picture was base64 although nothing declared it.",
        "not_encoded": "Content was declared as encoded but was not, and is kept as it came.",
        "bad_uuencode": "Uuencoded content had broken lines or no end.",
        "empty_part": "A part of the mail had no content at all.",
        "truncated_picture": "A picture ends before its format says that it should.",
        # budgets
        "header_budget": "A header was longer than the budget and was read in part.",
        "part_budget": "The mail had more parts than the budget; the rest was not unpacked.",
        "depth_budget": "Parts were nested deeper than the budget and were not unpacked.",
        "text_budget": "The text was longer than the budget and was cut.",
        "subject_cut": "The subject was longer than the budget and was cut.",
        # from other places
        "clock_off": "The device's clock is off by more than two minutes.",
        "unpacking_failed": "Pictures or files could not be written; the mail itself is whole.",
        "codec_fault": "The mail could not be understood because of a fault of ours.",
        "more_parts": "The alarm has more pictures and files than an entry lists.",
        "more_events": "The mail reported more events than an entry lists.",
        "more_recipients": "The mail named more recipients than an entry lists.",
        "shortened": "Long names or words were cut so that the entry has its size.",
        "recipient_not_owned": "The recipient is a source that the login does not own.",
        "login_names_no_source": "The login owns several sources and nothing named one of them.",
        "key_unknown": "The mail names a camera of the recorder that no source has as a key.",
    }
)
