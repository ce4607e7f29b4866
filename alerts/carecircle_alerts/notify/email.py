"""E-mail: hands a message to an SMTP server (I/O)."""

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from carecircle.errors import Misconfigured
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Failed, Outgoing, Sent, Unknown
from carecircle_alerts.notify.wording.compose import answer_hint, subject

_TIMEOUT_S = 10
_PERMANENT = 500


class EmailChannel:
    """Sends by SMTP. The message id is the idempotency key, so mail systems can drop a repetition."""

    def __init__(self, smtp_url: str, sender: str, links: AnswerLinks) -> None:
        parts = urlsplit(smtp_url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise Misconfigured("CARECIRCLE_SMTP_URL looks like smtp://[user:password@]host:port")
        self._host = parts.hostname
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 25)
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = sender
        self._links = links

    async def send(self, message: Outgoing) -> Sent | Failed | Unknown:
        """Hand over one message; a refusal with a 5xx code is final, everything else is tried again."""
        try:
            await aiosmtplib.send(
                self._letter(message),
                hostname=self._host,
                port=self._port,
                username=self._username,
                password=self._password,
                use_tls=self._tls,
                timeout=_TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return _failure(error)
        return Sent()

    def _letter(self, message: Outgoing) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = message.address
        letter["Subject"] = subject(message.audience, message.language)
        letter["Message-ID"] = f"<{message.id}@carecircle>"
        letter["Auto-Submitted"] = "auto-generated"
        addresses = self._links.of(message)
        answer = f"\n\n{answer_hint(message.language)}{addresses.page_url}\n" if addresses else ""
        letter.set_content(message.text + answer)
        return letter


def _failure(error: Exception) -> Failed | Unknown:
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            return Failed("recipient refused", again=any(one.code < _PERMANENT for one in error.recipients))
        case aiosmtplib.SMTPResponseException():
            return Failed(f"SMTP {error.code}", again=error.code < _PERMANENT)
        case aiosmtplib.SMTPReadTimeoutError() | aiosmtplib.SMTPServerDisconnected():
            return Unknown(type(error).__name__)  # the letter may be with them
        case ValueError():
            return Failed("address is no e-mail address", again=False)
        case _:
            return Failed(type(error).__name__, again=True)
