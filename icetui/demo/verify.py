"""The judge: is this request signed by somebody we know, now, and only once?

The rules are those of api.md 3.2 and 4.2. It shares no code with what signs: it derives the signature anew
from the request as it arrived.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from icetui.access_key import AccessKey
from icetui.demo.reply import Asked, Refused, canonical_query

TOLERANCE = timedelta(minutes=15)
"""How far the clocks may be apart."""

ALGORITHM = "ACS3-HMAC-SHA256"

REQUIRED = (
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
    "host",
)


class Judge:
    """Knows the account's keys and which nonces were used.

    Args:
        keys: the account's access keys.
    """

    def __init__(self, *keys: AccessKey) -> None:
        self._keys = {key.id: key for key in keys}
        self._used: dict[tuple[str, str], datetime] = {}

    def judge(self, asked: Asked, at: datetime) -> AccessKey:
        """Whose request it is.

        Args:
            asked: the request.
            at: now, by the clock that dates are held against.

        Raises:
            Refused: with the service's code; a nonce is used up only by a request that is otherwise right.
        """
        key_id, names, signature = _authorization(asked)
        for name in REQUIRED:
            if not asked.headers.get(name):
                raise Refused(400, "MissingParameter", f"{name} is mandatory for this action.")
        _check_date(asked.headers["x-acs-date"], at)
        key = self._key(asked, key_id)
        _check_signed_names(asked, names)
        text = string_to_sign(asked, names)
        expected = hmac.new(key.secret.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise Refused(
                400,
                "SignatureDoesNotMatch",
                f"Specified signature is not matched with our calculation. server string to sign is:{text}",
            )
        body_hash = hashlib.sha256(asked.body).hexdigest()
        if not hmac.compare_digest(
            body_hash.encode(), asked.headers["x-acs-content-sha256"].lower().encode()
        ):
            raise Refused(400, "SignatureDoesNotMatch", "x-acs-content-sha256 is not the hash of the body.")
        self._use_nonce(key_id, asked.headers["x-acs-signature-nonce"], at)
        return key

    def _key(self, asked: Asked, key_id: str) -> AccessKey:
        key, token = self._keys.get(key_id), asked.headers.get("x-acs-security-token")
        # A temporary key without its token is not found at all (api.md 3.4).
        if key is None or (key.token is not None and not token):
            raise Refused(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        if not token:
            return key
        if not token.startswith("CAIS"):
            raise Refused(
                400, "InvalidSecurityToken.Malformed", "The specified parameter SecurityToken is malformed."
            )
        if key.token is None or not hmac.compare_digest(key.token.reveal().encode(), token.encode()):
            raise Refused(
                400,
                "InvalidSecurityToken.MismatchWithAccessKey",
                "The specified SecurityToken mismatches the AccessKey.",
            )
        return key

    def _use_nonce(self, key_id: str, nonce: str, at: datetime) -> None:
        # A request older than the tolerance is refused by its date: no need to remember its nonce longer.
        self._used = {seen: until for seen, until in self._used.items() if until >= at}
        if (key_id, nonce) in self._used:
            raise Refused(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        self._used[key_id, nonce] = at + 2 * TOLERANCE


def string_to_sign(asked: Asked, names: list[str]) -> str:
    """What the signature must be of, from the request as it arrived."""
    block = "".join(f"{name}:{asked.headers[name]}\n" for name in sorted(names))
    request = "\n".join(
        (
            asked.method,
            asked.path or "/",
            canonical_query(asked.query),
            block,
            ";".join(sorted(names)),
            asked.headers["x-acs-content-sha256"],
        )
    )
    return f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"


def _authorization(asked: Asked) -> tuple[str, list[str], str]:
    sent = asked.headers.get("authorization", "")
    if not sent:
        raise Refused(400, "MissingParameter", "Authorization is mandatory for this action.")
    algorithm, _, rest = sent.partition(" ")
    if algorithm != ALGORITHM:
        raise Refused(
            400, "InvalidSignatureMethod", f"Specified signature method is not supported: {algorithm}"
        )
    parts = dict(piece.strip().partition("=")[::2] for piece in rest.split(","))
    if not all(parts.get(name) for name in ("Credential", "SignedHeaders", "Signature")):
        raise Refused(400, "IncompleteSignature", "Credential, SignedHeaders and Signature are all needed.")
    return parts["Credential"], parts["SignedHeaders"].split(";"), parts["Signature"]


def _check_date(sent: str, at: datetime) -> None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", sent):
        raise Refused(
            400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."
        )
    try:
        date = datetime.fromisoformat(sent)
    except ValueError:
        raise Refused(
            400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."
        ) from None
    if abs(date.astimezone(UTC) - at) > TOLERANCE:
        raise Refused(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def _check_signed_names(asked: Asked, names: list[str]) -> None:
    must = {"host"} | {name for name in asked.headers if name.startswith("x-acs-")}
    if "content-type" in asked.headers:
        must.add("content-type")
    if unsigned := sorted(must - set(names)):
        raise Refused(400, "IncompleteSignature", f"Header {unsigned[0]} must be signed.")
    if absent := sorted(set(names) - set(asked.headers)):
        raise Refused(400, "IncompleteSignature", f"Signed header {absent[0]} did not arrive.")
