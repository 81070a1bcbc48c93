"""A person asks for all that is held of them: a zip that they can read, in which nobody else is named."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from typing import Any
from zipfile import ZipFile

import pytest

from helpdesk.config import RetentionSettings
from helpdesk.subjects import forms
from tests.arriving import attachment
from tests.conversation import Town
from tests.forgetting.house import ADMIN, answered, as_it_came, forgetful, keeper

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library in which nothing is forgotten by itself."""
    async with forgetful(days=RetentionSettings()) as opened:
        yield opened


async def copied(town: Town, person: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What is to be read in somebody's copy, and all of its files."""
    made = await keeper(town).export_person(ADMIN, person=person)
    with ZipFile(io.BytesIO(made)) as folder:
        files = {name: folder.read(name) for name in folder.namelist()}
    return json.loads(files["everything.json"]), files


async def test_all_that_is_held_is_in_it(town: Town) -> None:
    """Addresses, what was written both ways with notes and files, what happened, how long it took, the mails."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    paper = attachment("../../a list?.pdf", b"a list of books")
    await ana.mails("Where is the atlas?", subject="Atlas", attachments=(paper,), remarks=("charset guessed",))
    await as_it_came(town, ana, "Where is the atlas?")
    await mia.opens(ana.ticket)
    await mia.notes("She has asked twice.")
    await answered(mia, ana, "On level 2.")
    held, files = await copied(town, "ana@example.org")
    assert held["library"] == "Fernhill Library"
    assert held["person"]["addresses"] == [{"channel": "mail", "value": "ana@example.org", "name": "Ana"}]
    (ticket,) = held["tickets"]
    assert (ticket["number"], ticket["subject"], ticket["state"]) == (1, "Atlas", "closed")
    assert [(each["by"], each["text"]) for each in ticket["written"]] == [
        ("you", "Where is the atlas?"),
        ("a note of staff's", "She has asked twice."),
        ("the library", "On level 2."),
    ]
    assert ticket["said beside it"] == ["charset guessed"]
    assert ticket["how long it took"][0]["promise"] == "mail-answered"
    (path,) = ticket["written"][0]["files"]
    assert path == "files/1-_.._a_list_.pdf"
    assert files[path] == b"a list of books"
    (mail,) = held["mails as they came in"]
    assert b"Where is the atlas?" in files[mail["file"]]
    readme = files["readme.txt"].decode()
    assert "Fernhill Library" in readme
    assert "everything.json" in readme


async def test_what_happened_names_no_member_of_staff(town: Town) -> None:
    """Neither who did it nor who it was given to; times are written as times, and digests are left out."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await town.staff("noor")
    await ana.mails("Where is the atlas?")
    await mia.opens(ana.ticket)
    ticket = mia.before
    await town.house.desk.assign(mia.id, ticket.id, ticket.version, mia.id)
    await answered(mia, ana)
    held, files = await copied(town, "#1")
    told = held["tickets"][0]["what happened"]
    assert {each["by"] for each in told} == {"you", "a member of staff", "the program"}
    assert b"mia" not in files["everything.json"].replace(b"Mia", b"")
    solved = next(each for each in told if each["what"] == "solved")
    assert solved["closes"].endswith("+00:00")
    assert not any(name.endswith("digest") for each in told for name in each)


async def test_others_stay_out_of_it(town: Town) -> None:
    """Neither another's ticket, nor a copy's address; of a ticket of another's only what they wrote themselves."""
    ana, ben, mia = town.mailer("ana"), town.mailer("ben"), await town.staff("mia")
    await ana.mails("Where is the atlas?")
    await ben.mails("I have it.", to=ana.ticket)
    ticket = (await mia.opens(ana.ticket)).ticket
    await town.house.desk.reply(mia.id, ticket.id, ticket.version, "Thank you both.", include=(ben.address,))
    await town.settles()
    held, files = await copied(town, "ana@example.org")
    assert [each["by"] for each in held["tickets"][0]["written"]] == ["you", "somebody else", "the library"]
    assert b"ben@example.org" not in files["everything.json"]
    held, files = await copied(town, "ben@example.org")
    assert held["tickets"] == []
    (part,) = held["in tickets of others"]
    assert [each["text"] for each in part["written"]] == ["I have it."]
    assert b"Where is the atlas?" not in files["everything.json"]


async def test_reading_it_changes_nothing(town: Town) -> None:
    """The same copy twice, byte for byte, of a ticket that is still worked on, too."""
    ana = town.mailer("ana")
    await ana.mails("Where is the atlas?")
    made = [await keeper(town).export_person(ADMIN, person="ana@example.org") for _ in range(2)]
    assert made[0] == made[1]


def test_how_a_number_may_be_written() -> None:
    """As the carriers do, as people do, and never as another country's."""
    for said in ("07700 900101", "+44 7700 900101", "0044 7700-900101", "(07700) 900101"):
        assert "+447700900101" in forms(said), said
    assert forms("Ana@Example.org") == ("Ana@Example.org", "ana@example.org")
    assert forms("#12") == ("#12",)
