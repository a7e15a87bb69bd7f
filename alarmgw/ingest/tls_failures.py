"""Why a TLS handshake failed, from OpenSSL's words to one of ours."""

from __future__ import annotations

from OpenSSL.SSL import Error as TLSError

#: What OpenSSL says (a part of it) to what it means for whoever sets the device up.
_MEANINGS = {
    "unsupported protocol": "too_old",
    "version too low": "too_old",
    "protocol version": "too_old",
    "inappropriate fallback": "too_old",
    "no protocols available": "too_old",
    "wrong ssl version": "too_old",
    "no shared cipher": "no_common_cipher",
    "no ciphers": "no_common_cipher",
    "no suitable": "no_common_cipher",
    "alert handshake failure": "no_common_cipher",
    "certificate verify failed": "client_certificate",
    "alert unknown ca": "certificate_rejected",
    "alert bad certificate": "certificate_rejected",
    "alert certificate": "certificate_rejected",
    "alert unsupported certificate": "certificate_rejected",
    "alert access denied": "certificate_rejected",
    "wrong version number": "plain",
    "http request": "plain",
    "unknown protocol": "plain",
    "bad record type": "plain",
    "packet length too long": "plain",
}


def tls_failure(reason: BaseException) -> str | None:
    """Which failure ``reason`` is, ``other`` for a rare one; None where TLS did not fail."""
    if not isinstance(reason, TLSError):
        return None
    text = repr(reason).lower()
    return next((ours for theirs, ours in _MEANINGS.items() if theirs in text), "other")
