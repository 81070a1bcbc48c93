"""How fast a library of so many contacts is imported, copied, drilled, exported and read back: contacts a second.

``HELPDESK_BENCH_CONTACTS`` says how many (20,000): `make bench` uses that.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import pytest

from helpdesk.cli import run
from tests.importing.post import filed, mail, reply

CONTACTS = int(os.environ.get("HELPDESK_BENCH_CONTACTS", "20000"))
WORDS = "library book renew loan level printer card scan room quiet desk return shelf request account".split()
CONFIG = '[lines.help]\nchannel = "mail"\ntitle = "Help"\naddress = "help@library.example"\n'


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words))


def _table(file: Path) -> None:
    chance = random.Random(1)
    with open(file, "w", encoding="utf-8") as table:
        table.write("id,when,channel,from,subject,text,answered,answer,closed\n")
        for n in range(CONTACTS):
            day = f"{n % 28 + 1:02}/{n % 12 + 1:02}/{2015 + n % 10}"
            asked, answer = _text(chance, 60), _text(chance, 40)
            table.write(f"{n},{day} 09:15,mail,p{n % 9999}@example.org,Question,{asked},{day} 11:00,{answer},\n")


def _archive(file: Path) -> None:
    chance = random.Random(2)

    def mails() -> Iterator[str]:
        for n in range(CONTACTS // 10):
            yield mail(n, _text(chance, 120), sender=f"P <q{n}@example.org>")
            yield reply(f"r{n}", _text(chance, 60), answers=n, to=f"q{n}@example.org")

    filed(file, mails())


@pytest.mark.bench
def test_a_library_in_and_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each step is a command, as it is typed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "helpdesk.toml").write_text(CONFIG)
    (tmp_path / "new.toml").write_text(f'[store]\npath = "new.sqlite"\n\n{CONFIG}')
    _table(tmp_path / "t.csv")
    _archive(tmp_path / "a.mbox")
    steps: dict[str, tuple[int, Callable[[], int]]] = {
        "import tickets": (CONTACTS, lambda: run(["import", "tickets", "t.csv"])),
        "import mbox": (CONTACTS // 10, lambda: run(["import", "mbox", "a.mbox"])),
        "backup": (CONTACTS, lambda: run(["db", "backup", "copy.sqlite"])),
        "drill": (CONTACTS, lambda: run(["db", "drill", "copy.sqlite"])),
        "restore": (CONTACTS, lambda: run(["db", "restore", "copy.sqlite"])),
        "export": (CONTACTS, lambda: run(["db", "export", "all.jsonl.gz"])),
        "import": (CONTACTS, lambda: run(["db", "import", "all.jsonl.gz", "-c", "new.toml"])),
    }
    told = []
    for name, (contacts, step) in steps.items():
        began = perf_counter()
        assert step() == 0
        took = perf_counter() - began
        told.append(f"{name:<15} {contacts:>8,} contacts {took:8.1f} s {contacts / took:10,.0f} a second")
    capsys.readouterr()
    with capsys.disabled():
        print("\n" + "\n".join(told))
