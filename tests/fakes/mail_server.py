"""A real SMTP server on this machine, for tests: TLS, a login, and the faults of a bad night."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "brief", "correct horse"


@dataclass
class Mailbox:
    """What arrived; and what the server shall answer instead of taking it.

    Attributes:
        taken: Each message with its recipient, in order.
        faults: Answers to the next messages' data, `drop` for a connection that breaks after
            the message was taken.
    """

    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[tuple[str, str]]:
        return [(to, message["Message-ID"]) for to, message in self.taken]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self.faults.pop(0) if self.faults else ""
        if fault and fault != "drop":
            return fault
        message = message_from_bytes(envelope.content, policy=default)
        self.taken += [(to, message) for to in envelope.rcpt_tos]
        if fault == "drop":
            server.transport.close()
        return "250 OK"


class _AnyPort(Controller):
    """A controller that may be given port 0."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(*, certificate: Path | None = None, tls: bool = False) -> Iterator[Mailbox]:
    """A server that is gone afterwards.

    Args:
        certificate: With one, STARTTLS (or TLS) and a login are required; its key is in it.
        tls: TLS from the first byte.
    """

    def allow(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    box = Mailbox()
    secured = {}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        secured = {
            "authenticator": allow,
            "auth_required": True,
            # aiosmtpd does not count TLS from the first byte as TLS here.
            "auth_require_tls": not tls,
            "require_starttls": not tls,
            ("ssl_context" if tls else "tls_context"): context,
        }
    controller = _AnyPort(box, hostname="127.0.0.1", port=0, **secured)
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()


def make_certificates(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 with its key, and the authority to trust for it."""
    authority = trustme.CA()
    own, trusted = folder / "server.pem", folder / "authority.pem"
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(own)
    authority.cert_pem.write_to_path(trusted)
    return own, trusted
