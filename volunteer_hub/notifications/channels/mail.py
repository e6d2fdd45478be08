from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Final, Literal

from flask import current_app

from volunteer_hub.notifications.channels.base import (
    ChannelDownError,
    HandOver,
    Parcel,
    RefusedError,
    TryAgainError,
)
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.notifications.topics import Means
from volunteer_hub.notifications.wording import Attachment

Security = Literal["starttls", "tls", "plain"]
_CLOSING: Final = 421  # "service not available, closing": nobody's fault but the server's
_TOO_LARGE: Final = 552
_WHOLE: Final = "List-Unsubscribe"


class _Policy(EmailPolicy):
    """Writes an address in a header in one piece: folded, mail programs would not find it."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as it is sent."""
        if name == _WHOLE:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


# Seven bits, for old servers between here and there.
_POLICY: Final = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=78)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in.

    Attributes:
        security: TLS after STARTTLS, TLS from the start, or none, for a server on this machine.
        ca_file: The certificates to trust instead of the system's, or None.
        timeout_s: How long to wait for an answer.
    """

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    ca_file: str | None = None
    timeout_s: float = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class MailChannel:
    """E-mail over SMTP.

    Attributes:
        server: Where it is handed in.
        sender: The address it comes from.
        sender_name: What mail programs show as its sender.
        domain: The right-hand side of message ids; the site's host.
    """

    server: MailServer
    sender: str
    sender_name: str
    domain: str
    per_second: float | None = None
    name: str = Means.EMAIL

    def reaches(self, recipient: Recipient) -> bool:
        """Tell whether they have an address."""
        return recipient.email is not None

    @contextmanager
    def connect(self) -> Iterator[HandOver]:
        """Open a session with the server, as safe as it is set up to be and never less."""
        session = self._open()
        try:
            yield lambda parcel: self._send(session, parcel)
        finally:
            try:
                session.quit()
            except (OSError, smtplib.SMTPException):
                session.close()

    def _open(self) -> smtplib.SMTP:
        server = self.server
        try:
            if server.security == "tls":
                session: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, self.domain,
                    timeout=server.timeout_s, context=self._trust(),
                )  # fmt: skip
            else:
                session = smtplib.SMTP(server.host, server.port, self.domain, server.timeout_s)
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelDownError(f"cannot connect: {_said(error)}") from error
        try:
            if server.security == "starttls":
                session.starttls(context=self._trust())
            if server.user:
                session.login(server.user, server.password)
        except (OSError, smtplib.SMTPException) as error:
            session.close()
            raise ChannelDownError(f"cannot sign in: {_said(error)}") from error
        return session

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.server.ca_file)

    def _send(self, session: smtplib.SMTP, parcel: Parcel) -> None:
        mail = self.mail(parcel)
        if session.sock is None:
            raise ChannelDownError("the connection broke")
        try:
            session.send_message(mail, self.sender, [parcel.recipient.email or ""])
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code == _TOO_LARGE:
                raise RefusedError(_said(error)) from error
            raise ChannelDownError(_said(error)) from error  # it would refuse every message
        except smtplib.SMTPRecipientsRefused as error:
            ((code, said),) = error.recipients.values()
            raise _verdict(code, said) from error
        except smtplib.SMTPResponseException as error:
            raise _verdict(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise RefusedError(_said(error)) from error  # an address it has no signs for
        except (OSError, smtplib.SMTPException) as error:
            session.close()
            raise TryAgainError(f"no answer: {_said(error)}") from error

    def mail(self, parcel: Parcel) -> EmailMessage:
        """Return the mail: text, HTML beside it, and whatever goes along.

        Raises:
            RefusedError: The recipient's address is none.
        """
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = Address(self.sender_name, addr_spec=self.sender)
        try:
            to = Address(parcel.recipient.name or "", addr_spec=parcel.recipient.email or "")
        except (ValueError, IndexError, MessageError) as error:
            raise RefusedError("no mail address") from error
        mail["To"] = to
        mail["Subject"] = " ".join(parcel.message.subject.split())
        mail["Date"] = format_datetime(parcel.now)
        mail["Message-ID"] = f"<{parcel.key}@{self.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        if parcel.unsubscribe_url:
            mail[_WHOLE] = f"<{parcel.unsubscribe_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(self._written("notifications/mail.txt", parcel))
        mail.add_alternative(self._written("notifications/mail.xhtml", parcel), subtype="html")
        files = [_opened(each) for each in parcel.message.attachments]
        for file, subtype, params in files:
            if "method" in params:  # a calendar's invitation is one more reading of the mail
                mail.add_alternative(file.content.decode(), subtype=subtype, params=params)
        for file, subtype, params in files:
            maintype = file.content_type.partition("/")[0]
            mail.add_attachment(
                file.content, maintype=maintype, subtype=subtype, filename=file.filename,
                params={**params, "charset": "utf-8"} if maintype == "text" else params,
            )  # fmt: skip
        mail["Content-Language"] = "en" if parcel.recipient.language == "en" else "zh-CN"
        return mail

    def _written(self, template: str, parcel: Parcel) -> str:
        # Not through render_template, which also asks who is looking at the page: nobody is.
        made: str = current_app.jinja_env.get_template(template).render(
            parcel=parcel, site_name=self.sender_name
        )
        return made


def _opened(file: Attachment) -> tuple[Attachment, str, dict[str, str]]:
    """Return a file with its subtype and the parameters of its type."""
    full_type, _, options = file.content_type.partition(";")
    pairs = (option.split("=", 1) for option in options.split(";") if "=" in option)
    params = {name.strip(): value.strip() for name, value in pairs}
    return file, full_type.strip().partition("/")[2], params


def _verdict(code: int, said: object) -> Exception:
    why = f"{code} {_text(said)}"
    if code == _CLOSING:
        return ChannelDownError(why)
    return RefusedError(why) if code >= 500 else TryAgainError(why)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__} {error}"


def _text(said: object) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
