"""Which certificates are trusted, read in a thread of its own.

OpenSSL takes 30 ms to read a bundle and lets go of Python meanwhile: the HTTP library is imported in the
same time.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from icetui.errors import Misuse

if TYPE_CHECKING:
    import ssl


class Trust:
    """Certificates being read from the moment this is made.

    SSL_CERT_FILE or SSL_CERT_DIR, else those that come with the HTTP library; and those of `ca_file`.

    Args:
        ca_file: certificates to trust besides the usual ones, or None.
        plain: plain http needs none of the usual ones: then nobody else is trusted.
    """

    def __init__(self, ca_file: str | None = None, *, plain: bool = False) -> None:
        self._ca_file = ca_file
        self._plain = plain
        self._context: ssl.SSLContext | None = None
        self._error: OSError | None = None
        self._reading = threading.Thread(target=self._read, daemon=True, name="read-certificates")
        self._reading.start()

    def context(self) -> ssl.SSLContext:
        """What connections are checked with; waits until it has been read.

        Raises:
            Misuse: certificates that cannot be read.
        """
        self._reading.join()
        if self._context is None:
            file = f"ca_file {self._ca_file}" if self._ca_file else "SSL_CERT_FILE or SSL_CERT_DIR"
            reason = (self._error and self._error.strerror) or "holds no certificates"
            raise Misuse(f"{file}: {reason}") from self._error
        return self._context

    def _read(self) -> None:
        import ssl

        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if self._plain else _usual()
            if self._ca_file:
                context.load_verify_locations(self._ca_file)
        except OSError as error:
            self._error = error
        else:
            self._context = context


def _usual() -> ssl.SSLContext:
    """As `httpx.create_ssl_context` has it."""
    import ssl

    if file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=file)
    if folder := os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context(capath=folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
