"""Mails read as messages: what they say, and what is done about what is wrong with them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels import mime
from channels.charsets import clean, decode
from channels.mime_headers import words
from channels.mime_parts import TEXT_LIMIT, clean_name
from channels.received import received_at
from helpdesk.clock import Instant, moment
from helpdesk.errors import Unparseable
from helpdesk.message import Delivery, Inbound, Reading
from tests.channels.mails import MAILBOX, MAILBOXES, bounce, envelope, mail, multipart, nested

pytestmark = pytest.mark.filterwarnings(
    "ignore:'count' is passed as positional:DeprecationWarning"
)  # email_reply_parser


def read(content: bytes, sender: str = "ana@patron.example", recipients: tuple[str, ...] = (MAILBOX,)) -> Inbound:
    """What a mail says, its quotes not looked for."""
    return reading(content, sender, recipients).inbound


def reading(content: bytes, sender: str = "ana@patron.example", recipients: tuple[str, ...] = (MAILBOX,)) -> Reading:
    """The same with the reports of a bounce."""
    return mime.read(envelope(content, sender=sender, recipients=recipients), MAILBOXES)


def test_an_ordinary_mail() -> None:
    """Who, what, and the way back."""
    kept = envelope(mail(), relayed_at=Instant(1_780_000_000_000))
    inbound = mime.read(kept, MAILBOXES).inbound
    assert inbound.sender is not None
    assert (inbound.sender.value, inbound.sender.name) == ("ana@patron.example", "Ana Reader")  # type: ignore[union-attr]
    assert inbound.subject == "Opening hours"
    assert inbound.text == "When do you open on Sunday?"
    assert inbound.external_id == "<one@patron.example>"
    assert inbound.account == MAILBOX
    assert inbound.digest == kept.digest
    assert inbound.sent_at == Instant(1_780_000_000_000)
    assert not inbound.automatic
    assert inbound.remarks == ()


def test_no_message_id() -> None:
    """The digest names it, so the same mail is known again."""
    content = mail(Message_ID="")
    assert read(content).external_id == f"digest:{envelope(content).digest}"
    assert read(content).remarks == ("the mail has no Message-ID",)


@pytest.mark.parametrize(
    "value", ["", "nobody", "undisclosed:;", '"' * 200_000 + " ana@patron.example", "=?utf-8?q?ana=40x.example?="]
)
def test_no_sender(value: str) -> None:
    """No address means no sender; an address inside an encoded word is only a name."""
    inbound = read(mail(From=value))
    assert inbound.sender is None
    assert "the mail names no address to reply to" in inbound.remarks


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("=?utf-8?B?w5ZmZm51bmdzemVpdGVu?=", "Öffnungszeiten"),
        ("=?iso-8859-1?q?caf=E9_hours?=", "café hours"),
        ("=?utf-8?q?Stra=C3?=\r\n =?utf-8?q?=9Fe?=", "Straße"),
        ("Ton =?utf-8?q?=C3=A9t=C3=A9?= ici", "Ton été ici"),
        ("=?no-such?q?plain?=", "plain"),
        ("=?utf-8?b?!!!?=", "!!!"),
        ("raw \udce9t\udce9", "raw été"),
        ("raw été", "raw été"),
        ("a\tb\x07c", "a b c"),
        ("safe \u202egnp.exe", "safe gnp.exe"),
    ],
)
def test_subjects(raw: str, shown: str) -> None:
    """Encoded, half encoded, not encoded and wrongly encoded."""
    assert read(mail(Subject=raw)).subject == shown


def test_a_long_header_is_cut() -> None:
    """Staff need its beginning."""
    assert len(read(mail(Subject="x" * 100_000)).subject) == 500


def test_tokens_are_found_wherever_the_address_survived() -> None:
    """In the envelope, To, Cc and Delivered-To; other people's plus-addresses are theirs."""
    content = mail(
        To="enquiries+aaaaaaaa1@library.example, jane+bbbbbbbb2@patron.example",
        Cc="Enquiries+CCCCCCCC3@Library.example",
        Delivered_To="records+dddddddd4@library.example",
    )
    tokens = read(content, recipients=("enquiries+eeeeeeee5@library.example",)).tokens
    assert tokens == ("eeeeeeee5", "aaaaaaaa1", "cccccccc3", "dddddddd4")


def test_references_nearest_first() -> None:
    """What it answers, then the thread backwards, each once."""
    content = mail(In_Reply_To="<c@x>", References="<a@x>\r\n <b@x> <c@x>")
    assert read(content).references == ("<c@x>", "<b@x>", "<a@x>")


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner=x",
        "Precedence: bulk",
        "Precedence: junk",
        "Return-Path: <>",
    ],
)
def test_automatic_mail(header: str) -> None:
    """A program wrote it: nobody answers a program."""
    assert read(mail(header)).automatic


@pytest.mark.parametrize("header", ["List-Id: <staff.example>", "Precedence: list", "X-Auto-Response-Suppress: All"])
def test_a_persons_mail_that_nothing_may_answer_by_itself(header: str) -> None:
    """A group's list, or a mail system's habit: somebody waits for an answer all the same."""
    inbound = read(mail(header))
    assert inbound.keep_quiet
    assert not inbound.automatic


def test_a_person_is_not_a_program() -> None:
    """``no`` is what RFC 3834 says of people's mail; an empty envelope sender is a bounce."""
    assert not read(mail("Auto-Submitted: no")).automatic
    assert read(mail(), sender="").automatic


@pytest.mark.parametrize(
    ("declared", "codec", "remark"),
    [
        ("utf-8", "utf-8", ""),
        ("iso-8859-1", "cp1252", ""),
        ("us-ascii", "utf-8", ""),
        ("no-such-charset", "utf-8", "the charset is given as no-such-charset, read as UTF-8"),
        ("idna", "utf-8", "the charset is given as idna, read as UTF-8"),
        ("", "cp1252", "charset guessed as windows-1252: letters may be wrong"),
        ("utf-8", "cp1252", "charset guessed as windows-1252: letters may be wrong"),
    ],
)
def test_charsets(declared: str, codec: str, remark: str) -> None:
    """As declared, else UTF-8, else a guess that is said."""
    text = "Grüße aus der Bücherei, wo es schöne Stühle für müde Leser gibt."
    decoded = decode(text.encode(codec), declared)
    assert decoded.text == text
    assert decoded.remark == remark


@given(st.binary(max_size=300), st.text(max_size=20))
@settings(max_examples=200)
def test_any_bytes_become_storable_text(raw: bytes, declared: str) -> None:
    """Never an error, never what a database or a terminal would choke on."""
    text = clean(decode(raw, declared).text)
    text.encode("utf-8")
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in text)


@given(st.text(max_size=200))
def test_any_header_becomes_one_line(value: str) -> None:
    """Nothing in a header can break a line on the screen."""
    assert "\n" not in words(value)
    words(value).encode("utf-8")


def test_the_plain_part_is_preferred() -> None:
    """HTML is read only where the plain part says nothing."""
    html = "Content-Type: text/html\n\n<p>From <b>HTML</b>"
    assert read(multipart("Content-Type: text/plain\n\nFrom plain", html, kind="alternative")).text == "From plain"
    assert read(multipart("Content-Type: text/plain\n\n \n", html, kind="alternative")).text == "From HTML"


def test_html_alone() -> None:
    """Words, lists and line breaks; no script, no style."""
    page = (
        "<html><head><style>p{color:red}</style><title>no</title></head><body><script>alert(1)</script>"
        "<p>Dear library,<br>is the <b>fourth</b> floor open?</p><ul><li>one<li>two</ul></body></html>"
    )
    text = read(mail("Content-Type: text/html; charset=utf-8", body=page)).text
    assert text.startswith("Dear library,\nis the fourth floor open?")
    assert "* one" in text
    assert "alert" not in text
    assert "color" not in text


@pytest.mark.parametrize("page", ["<div>" * 30_000 + "deep", "<!--" + "x" * 1000 + "deep", "<b" * 9000 + ">deep"])
def test_hostile_html(page: str) -> None:
    """Its words are found, or it is said that there are none."""
    inbound = read(mail("Content-Type: text/html", body=page))
    assert "deep" in inbound.text or "the mail has an HTML part, but no text in it" in inbound.remarks


def test_flowed_text() -> None:
    """Soft breaks are joined, quoted lines and signatures stay apart."""
    body = "This is one \nparagraph.\n> quoted \n> words\nmine\n-- \nAna"
    text = read(mail("Content-Type: text/plain; format=flowed", body=body.replace("\n", "\r\n"))).text
    assert text == "This is one paragraph.\n> quoted words\nmine\n--\nAna"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\essay.docx", "essay.docx"),
        ("a\x00b\r\n.pdf", "a b .pdf"),
        ("..", ""),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("what?.txt", "what_.txt"),
    ],
)
def test_names_of_files(given: str, kept: str) -> None:
    """No folders, nothing hidden, an end in sight."""
    assert clean_name(given) == kept


def test_files() -> None:
    """Their bytes, a safe name, and the digest they are stored under; a name is made up where there is none."""
    essay = base64.b64encode(b"%PDF essay").decode()
    inbound = read(
        multipart(
            "Content-Type: text/plain\n\nSee the essay.",
            f'Content-Type: application/pdf; name="../essay.pdf"\nContent-Transfer-Encoding: base64\n\n{essay}',
            "Content-Type: text/csv\nContent-Disposition: attachment; filename*=utf-8''%C3%BCber.csv\n\na,b",
            f"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n{essay}",
            "Content-Type: application/ms-tnef; name=winmail.dat\n\nx",
            "Content-Type: message/rfc822\n\nSubject: inside\n\nforwarded",
        )
    )
    assert [file.name for file in inbound.attachments] == [
        "essay.pdf",
        "über.csv",
        "file-3.png",
        "winmail.dat",
        "file-5.eml",
    ]
    assert inbound.attachments[0].content == b"%PDF essay"
    assert inbound.attachments[0].digest == inbound.attachments[2].digest
    assert inbound.attachments[4].content == b"Subject: inside\n\nforwarded"
    assert inbound.text == "See the essay."
    assert any("winmail.dat" in remark for remark in inbound.remarks)


def test_broken_base64_is_still_a_file() -> None:
    """What can't be decoded is kept as it came."""
    part = "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n*not* base64"
    assert read(multipart(part)).attachments[0].name == "a.pdf"


def test_a_thousand_nested_parts() -> None:
    """Shown as it came, and said; never an error of ours."""
    inbound = read(nested(1000))
    assert inbound.sender is not None
    assert "At the bottom." in inbound.text
    assert "the mail's parts can't be read: it is shown as it came" in inbound.remarks


def test_a_thousand_parts_side_by_side() -> None:
    """The first are read; where the rest is, is said."""
    inbound = read(multipart(*["Content-Type: application/x-a; name=a\n\nx"] * 1000))
    assert len(inbound.attachments) == 100
    assert any("as it was kept" in remark for remark in inbound.remarks)


def test_a_text_of_five_megabytes() -> None:
    """The desk shows its start; the whole is a file."""
    inbound = read(mail(body="x" * 5_000_000))
    assert len(inbound.text) == TEXT_LIMIT
    assert [(file.name, len(file.content)) for file in inbound.attachments] == [("message.txt", 5_000_000)]


def test_nul_and_escape_sequences_are_taken_out() -> None:
    """A mail does not drive the terminal of staff."""
    assert read(mail(body="a\x00b \x1b[31mred")).text == "ab [31mred"


@pytest.mark.parametrize("content", [b"", b"  \r\n \r\n"])
def test_nothing_at_all(content: bytes) -> None:
    """There is nothing to show: quarantine says when it came and how."""
    with pytest.raises(Unparseable, match="empty"):
        read(content)


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_are_a_mail(content: bytes) -> None:
    """Whatever comes is read, and can be stored."""
    assert read(b"x" + content).text.encode("utf-8") is not None


@given(st.data())
@settings(max_examples=150)
def test_a_mutated_mail_is_still_read(data: st.DataObject) -> None:
    """One in thirty mutated mails broke the library's parser: none breaks ours."""
    content = bytearray(bounce("<01ARZ3NDEKTSV4RRFFQ69G5FAV@library.example>"))
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    assert read(bytes(content)).digest


def test_a_bounce_leads_back_to_what_we_sent() -> None:
    """Our Message-ID in the returned mail, the code, and words without an address."""
    [report] = reading(bounce("<01ARZ3NDEKTSV4RRFFQ69G5FAV@library.example>")).reports
    assert report.outbox == "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert report.status is Delivery.FAILED
    assert report.code == "5.1.1"
    assert report.reason == "The mailbox does not exist."


def test_bounces_that_say_nothing_final_of_ours() -> None:
    """A delay is not an end; a foreign mail is not ours; a person who quotes an id is no bounce."""
    ours = "<01ARZ3NDEKTSV4RRFFQ69G5FAV@library.example>"
    assert reading(bounce(ours, action="delayed", status="4.4.1")).reports == ()
    assert reading(bounce("<01ARZ3NDEKTSV4RRFFQ69G5FAV@elsewhere.example>")).reports == ()
    assert reading(mail(In_Reply_To=ours)).reports == ()
    assert read(bounce(ours)).automatic


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("Received: from a by b;\r\n\tMon, 1 Jun 2026 10:00:00 +0100", "2026-06-01T09:00:00+00:00"),
        ("received: x; Mon, 1 Jun 2026 09:00:00 GMT", "2026-06-01T09:00:00+00:00"),
        ("Received: from a by b; soon", None),
        ("Received: from a by b", None),
        ("Received: x; Mon, 99 Jun 2026 99:00:00 +9999", None),
        ("Received: x; Mon, 1 Jun 2026 09:00:00", None),
    ],
)
def test_when_the_relay_took_it(line: str, when: str | None) -> None:
    """The topmost Received line, if it can be read and names its zone; none below it is believed."""
    found = received_at(f"{line}\r\nReceived: y; Tue, 2 Jun 2026 09:00:00 GMT\r\n\r\nbody".encode())
    assert (None if found is None else moment(found).isoformat()) == when


def test_no_relay_took_it() -> None:
    """What the body says of itself does not count."""
    assert received_at(b"Subject: x\r\n\r\nReceived: y; Tue, 2 Jun 2026 09:00:00 GMT") is None
    assert received_at(b"") is None
