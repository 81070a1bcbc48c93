"""Mailbox files, made for tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

HELP = "help@library.example"


def mail(
    n: int | str,
    text: str = "Can I renew?",
    *,
    sender: str = "Ana <ana@example.org>",
    to: str = HELP,
    day: int = 12,
    clock: str = "10:00:00",
    answers: int | str | None = None,
    subject: str = "Renewal",
    more: str = "",
) -> str:
    """One mail as it was sent; ``n`` names it, ``answers`` another one."""
    reply = "" if answers is None else f"In-Reply-To: <{answers}@example.org>\n"
    head = f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{n}@example.org>\n{reply}{more}"
    return f"{head}Date: Tue, {day} Mar 2024 {clock} +0000\n\n{text}\n"


def reply(
    n: int | str, text: str = "Yes.", *, answers: int | str, to: str = "ana@example.org", clock: str = "11:30:00"
) -> str:
    """The library's answer."""
    return mail(n, text, sender=f"Library <{HELP}>", to=to, answers=answers, clock=clock)


def filed(file: Path, mails: Iterable[str | bytes], *, ends: str = "\n") -> Path:
    """A mailbox file with these mails, their "From " lines quoted."""
    with open(file, "wb") as raw:
        for each in mails:
            content = each if isinstance(each, bytes) else each.encode()
            quoted = content.replace(b"\nFrom ", b"\n>From ").replace(b"\n>>From ", b"\n>>>From ")
            filed_as = b"From MAILER-DAEMON Tue Mar 12 10:00:00 2024\n" + quoted + b"\n"
            raw.write(filed_as.replace(b"\n", ends.encode()))
    return file
