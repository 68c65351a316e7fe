"""Send an edition by e-mail (SMTP), to each recipient at most once.

The intent is recorded before anything is sent and the success after it, so a run that is killed
in between leaves a delivery whose outcome is unknown; it is sent again only when the user asks
for that. A clear failure is tried again by the next run.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from brief.briefing import date_words
from brief.briefing.briefing_types import Edition
from brief.briefing.config import PASSWORD_VARIABLE, Mail
from brief.briefing.ledger import runs
from brief.briefing.ledger.database import Ledger
from brief.briefing.ledger.runs import Delivery
from brief.briefing.render.page import shown_headline
from brief.errors import BriefError, DeliveryError
from brief.text.strings import printable

TIMEOUT_S = 60
"""Timeout for each answer of the mail server; RFC 5321 allows minutes, too long for a morning."""

CUT_OFF = "the run ended while it was being sent; send it again with --resend if it has not come"
UNKNOWN = "sent, but the server's answer never came; send it again with --resend if it has not come"


_MAX_SUBJECT_CHARS = 110


class UnknownOutcomeError(DeliveryError):
    """The message was sent, but whether the server accepted it is unknown."""


def to_subject(edition: Edition) -> str:
    """The e-mail's subject, on one line."""
    lead = max(edition.stories, key=lambda story: story.score, default=None)
    first = "no news this morning" if lead is None else shown_headline(lead.headline)
    subject = f"{printable(edition.title)}, {date_words.short(edition.date)}: {first}"
    if len(subject) <= _MAX_SUBJECT_CHARS:
        return subject
    return subject[:_MAX_SUBJECT_CHARS].rsplit(" ", 1)[0] + " …"


def to_message(
    mail: Mail,
    recipient: str,
    *,
    subject: str,
    plain: str,
    html: str | None,
    digest: str,
    moment: datetime,
) -> EmailMessage:
    """Build one message; equal arguments give equal bytes.

    Args:
        mail: Mail settings, with the sender.
        recipient: Address of the recipient.
        subject: Subject, on one line.
        plain: The plain-text part.
        html: The HTML part; None for a message of text alone.
        digest: Digest of the edition; it becomes the Message-ID, so that a second copy is
            recognized.
        moment: Date of the message.
    """
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = recipient
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(moment)
    domain = mail.sender.rpartition("@")[2].strip(" >")
    message["Message-ID"] = f"<{digest}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain, cte="quoted-printable")
    if html is not None:
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        message.set_boundary(f"=_{digest[:32]}")
    return message


def send(mail: Mail, recipient: str, message: EmailMessage) -> None:
    """Send a message through the mail server.

    Raises:
        UnknownOutcomeError: It was sent, but the server's answer never came.
        DeliveryError: The server certainly did not accept it.
        UsageError: There is no password.
    """
    sender, to = (address.rpartition("<")[2].strip("> ") for address in (mail.sender, recipient))
    with _talking(mail) as server:
        _require_ok(server.mail(sender))
        _require_ok(server.rcpt(to))
        try:
            answer = server.data(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
        except smtplib.SMTPDataError:
            raise
        except (smtplib.SMTPException, OSError) as error:
            raise UnknownOutcomeError(f"{mail.host}: {error}", UNKNOWN) from error
        _require_ok(answer)


def check(mail: Mail) -> None:
    """Connect to the mail server and log in, sending nothing.

    Raises:
        DeliveryError: That does not work; the message says why.
        UsageError: There is no password.
    """
    with _talking(mail) as server:
        server.noop()


def deliver(
    ledger: Ledger,
    mail: Mail,
    *,
    on: date,
    digest: str,
    files: dict[str, str],
    moment: datetime,
    clock: Callable[[], datetime],
    resend: bool = False,
) -> list[BriefError]:
    """Mail an edition to every recipient who has not received it.

    Args:
        ledger: Records the deliveries.
        mail: Recipients and server.
        on: Date of the edition.
        digest: Digest of the edition.
        files: The edition's `subject`, `mail.txt` and `mail.html`.
        moment: Date of the messages.
        clock: Returns the time of each delivery for the ledger.
        resend: Also send where an earlier delivery's outcome is unknown.

    Returns:
        An error for each recipient not reached; empty when all have the edition.
    """
    errors: list[BriefError] = []
    for recipient in mail.to:
        entry = Delivery(digest, recipient, on.isoformat(), "sending", "", "")
        state = runs.delivery_state(ledger, digest, recipient)
        if state == "sent":
            continue
        if state == "sending":
            state = "unknown"
            _record(ledger, replace(entry, state=state, reason=CUT_OFF), clock)
        if state == "unknown" and not resend:
            problem = f"{recipient}: whether the edition of {on} arrived is not known"
            errors.append(DeliveryError(problem, "send it again with --resend if it has not come"))
            continue
        _record(ledger, entry, clock)
        try:
            message = to_message(
                mail,
                recipient,
                subject=files["subject"],
                plain=files["mail.txt"],
                html=files["mail.html"],
                digest=digest,
                moment=moment,
            )
            send(mail, recipient, message)
        except BriefError as error:
            state = "unknown" if isinstance(error, UnknownOutcomeError) else "failed"
            _record(ledger, replace(entry, state=state, reason=error.problem), clock)
            errors.append(error)
        else:
            _record(ledger, replace(entry, state="sent"), clock)
    return errors


def tell_owner(mail: Mail, *, subject: str, text: str, digest: str, moment: datetime) -> None:
    """Mail the `notify` address, if there is one, that a run failed.

    Raises:
        BriefError: This mail failed, too.
    """
    if mail.notify is not None:
        message = to_message(
            mail,
            mail.notify,
            subject=subject,
            plain=text,
            html=None,
            digest=digest,
            moment=moment,
        )
        send(mail, mail.notify, message)


def _record(ledger: Ledger, delivery: Delivery, clock: Callable[[], datetime]) -> None:
    changed = clock().astimezone(UTC).isoformat(timespec="seconds")
    runs.set_delivery(ledger, replace(delivery, changed=changed))


@contextmanager
def _talking(mail: Mail) -> Iterator[smtplib.SMTP]:
    """An open SMTP connection, logged in if a user is set; failures raise `DeliveryError`."""
    context = ssl.create_default_context()
    try:
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_S)
        with closing(server):
            if mail.security == "starttls":
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
            if mail.user is not None:
                server.login(mail.user, mail.password())
            yield server
            # An error on QUIT does not undo the delivery.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
    except (smtplib.SMTPException, OSError) as error:
        raise _told(mail, error) from error


def _require_ok(answer: tuple[int, bytes]) -> None:
    code, said = answer
    if code not in {250, 251}:
        raise smtplib.SMTPResponseException(code, said)


def _told(mail: Mail, error: Exception) -> DeliveryError:
    """A `DeliveryError` with the problem and what the user can do about it."""
    where = f"{mail.host}:{mail.port}"
    match error:
        case smtplib.SMTPAuthenticationError():
            what = f"refused to let {mail.user} in ({_said(error)})"
            remedy = f"correct user and {PASSWORD_VARIABLE} or password_file"
        case smtplib.SMTPNotSupportedError():
            what, remedy = f"{error}", 'try another security ("tls", "starttls") in [morning.mail]'
        case smtplib.SMTPResponseException():
            what, remedy = f"refused it ({_said(error)})", "correct from and to in [morning.mail]"
        case ssl.SSLError():
            what, remedy = (
                f"no secure connection ({error})",
                'try another security, "tls" or "starttls"',
            )
        case _:
            what, remedy = f"cannot be reached ({error})", "the next run tries again"
    return DeliveryError(f"mail server {where}: {what}", remedy)


def _said(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{error.smtp_code} {text}"
