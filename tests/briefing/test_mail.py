from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from brief.briefing.config import Mail
from brief.briefing.ledger import runs
from brief.briefing.ledger.database import Ledger
from brief.briefing.mail import check, deliver, send, tell_owner, to_message
from brief.errors import DeliveryError, UsageError
from tests.fakes.mail_server import PASSWORD, USER, Mailbox, make_certificates, smtp_server

ON = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
FILES = {
    "subject": "Morning briefing, 23 November",
    "mail.txt": "Ein Satz.\n.\nStraße – “quoted”\n" + "long " * 400 + "\n",
    "mail.html": "<p>Straße</p>",
}


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    yield ledger
    ledger.close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> tuple[Path, Path]:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def box():
    with smtp_server() as box:
        yield box


def mail_for(box: Mailbox, *to: str, **changes) -> Mail:
    mail = Mail(
        to=to or ("me@example.org",),
        sender="Brief <brief@example.org>",
        host="127.0.0.1",
        port=box.port,
        security="none",
    )
    return replace(mail, **changes)


def run(ledger: Ledger, mail: Mail, *, digest: str = "d1", resend: bool = False):
    return deliver(
        ledger,
        mail,
        on=ON,
        digest=digest,
        files=FILES,
        moment=NOW,
        clock=lambda: NOW,
        resend=resend,
    )


def state(ledger: Ledger) -> str | None:
    return runs.delivery_state(ledger, "d1", "me@example.org")


def test_a_message_arrives_as_it_was_written(box, ledger):
    assert run(ledger, mail_for(box)) == []
    to, message = box.taken[0]
    assert (to, message["From"]) == ("me@example.org", "Brief <brief@example.org>")
    assert message["Subject"] == FILES["subject"]
    assert message["Message-ID"] == "<d1@example.org>"
    assert message["Date"].datetime == NOW
    plain = message.get_body(("plain",)).get_content()
    assert plain.replace("\r\n", "\n") == FILES["mail.txt"]
    assert message.get_body(("html",)).get_content().strip() == FILES["mail.html"]


def test_equal_editions_give_equal_messages(box):
    one, other = (
        to_message(
            mail_for(box), "a@b.c", subject="s", plain="p", html="h", digest="d", moment=NOW
        ).as_bytes()
        for _ in range(2)
    )
    assert one == other


def test_each_recipient_gets_an_own_message_once(box, ledger):
    mail = mail_for(box, "a@example.org", "b@example.org")
    assert run(ledger, mail) == run(ledger, mail) == []
    assert [to for to, _ in box.taken] == ["a@example.org", "b@example.org"]
    assert {message["To"] for _, message in box.taken} == {"a@example.org", "b@example.org"}


def test_another_edition_is_another_delivery(box, ledger):
    run(ledger, mail_for(box))
    run(ledger, mail_for(box), digest="d2")
    assert [name for _, name in box.ids] == ["<d1@example.org>", "<d2@example.org>"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("tls", [False, True], ids=["starttls", "tls"])
def test_a_secure_server_with_a_login(certificates, monkeypatch, ledger, tls):
    own, trusted = certificates
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("BRIEF_SMTP_PASSWORD", PASSWORD)
    security = "tls" if tls else "starttls"
    with smtp_server(certificate=own, tls=tls) as box:
        mail = mail_for(box, security=security, user=USER)
        check(mail)
        assert run(ledger, mail) == []
        assert len(box.taken) == 1


def test_a_wrong_password_is_a_clear_failure(certificates, monkeypatch, ledger):
    own, trusted = certificates
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("BRIEF_SMTP_PASSWORD", "wrong")
    with smtp_server(certificate=own) as box:
        (error,) = run(ledger, mail_for(box, security="starttls", user=USER))
    assert "refused to let brief in" in error.problem
    assert "BRIEF_SMTP_PASSWORD" in error.remedy
    assert state(ledger) == "failed"


def test_a_certificate_that_nobody_vouches_for_is_refused(certificates, ledger):
    with smtp_server(certificate=certificates[0]) as box:
        (error,) = run(ledger, mail_for(box, security="starttls", user=USER))
    assert "no secure connection" in error.problem
    assert box.taken == []


def test_a_missing_password_is_told_before_anything_is_sent(certificates, monkeypatch, ledger):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates[1]))
    with smtp_server(certificate=certificates[0]) as box:
        (error,) = run(ledger, mail_for(box, security="starttls", user=USER))
    assert isinstance(error, UsageError)
    assert box.taken == []


@pytest.mark.parametrize("fault", ["451 try later", "554 no"])
def test_a_refusal_is_tried_again_by_the_next_run(box, ledger, fault):
    box.faults = [fault]
    (error,) = run(ledger, mail_for(box))
    assert fault in error.problem
    assert (state(ledger), box.taken) == ("failed", [])
    assert run(ledger, mail_for(box)) == []
    assert (state(ledger), len(box.taken)) == ("sent", 1)


def test_a_server_that_is_away_is_a_clear_failure(ledger):
    with smtp_server() as gone:
        pass
    (error,) = run(ledger, mail_for(gone))
    assert "cannot be reached" in error.problem
    assert state(ledger) == "failed"


def test_an_unknown_outcome_is_only_sent_again_when_told_so(box, ledger):
    box.faults = ["drop"]
    (error,) = run(ledger, mail_for(box))
    assert "--resend" in error.remedy
    assert state(ledger) == "unknown"
    (again,) = run(ledger, mail_for(box))
    assert "not known" in again.problem
    assert len(box.taken) == 1
    assert [entry.state for entry in runs.open_deliveries(ledger)] == ["unknown"]
    assert run(ledger, mail_for(box), resend=True) == []
    # The second copy can be told from a new message.
    assert box.ids[0] == box.ids[1]
    assert runs.open_deliveries(ledger) == []


def test_a_run_that_was_killed_while_sending_leaves_an_unknown_outcome(box, ledger):
    runs.set_delivery(
        ledger, runs.Delivery("d1", "me@example.org", ON.isoformat(), "sending", "", "")
    )
    (error,) = run(ledger, mail_for(box))
    assert "not known" in error.problem
    assert (state(ledger), box.taken) == ("unknown", [])


def test_the_intent_is_on_the_disk_before_the_server_is_asked(ledger, box, monkeypatch, tmp_path):
    seen = []

    def look(mail, recipient, message):
        other = Ledger(ledger.path)
        seen.append(runs.delivery_state(other, "d1", recipient))
        other.close()

    monkeypatch.setattr("brief.briefing.mail.send", look)
    run(ledger, mail_for(box))
    assert seen == ["sending"]


def test_one_refused_recipient_does_not_keep_the_others(box, ledger):
    box.faults = ["550 no such user"]
    errors = run(ledger, mail_for(box, "gone@example.org", "here@example.org"))
    assert len(errors) == 1
    assert [to for to, _ in box.taken] == ["here@example.org"]


def test_the_owner_is_told(box):
    tell = {"subject": "failed", "text": "why", "digest": "x", "moment": NOW}
    tell_owner(mail_for(box), **tell)
    assert box.taken == []
    tell_owner(mail_for(box, notify="owner@example.org"), **tell)
    assert [to for to, _ in box.taken] == ["owner@example.org"]


def test_a_subject_stays_on_its_line(box):
    message = to_message(
        mail_for(box),
        "a@b.c",
        subject="a\r\nBcc: x@y.z",
        plain="",
        html=None,
        digest="d",
        moment=NOW,
    )
    assert message["Bcc"] is None
    send(mail_for(box), "a@b.c", message)
    assert [to for to, _ in box.taken] == ["a@b.c"]


def test_a_server_that_does_not_know_starttls(box):
    with pytest.raises(DeliveryError, match="security"):
        check(mail_for(box, security="starttls"))
