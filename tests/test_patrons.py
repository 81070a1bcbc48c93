"""Simulated patrons: the same seed brings the same people, they come by the table, and they use the front doors."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import islice, takewhile

import pytest

from channels.mail import MailListener
from helpdesk.clock import DAY, HOUR, MINUTE, ManualClock, instant, moment, plus
from helpdesk.config import MailSettings
from helpdesk.errors import TryLater
from helpdesk.message import Channel, Envelope, Receipt
from helpdesk.segments import segments
from helpdesk.simulator.arrivals import Demand, arrivals
from helpdesk.simulator.carrier import Carrier
from helpdesk.simulator.chat_client import ChatDoor, ChatVisitor
from helpdesk.simulator.contacts import MAIL_WAITS, Doors, MailDoor, Mailing, Texting, Where, within
from helpdesk.simulator.handset import Arrived
from helpdesk.simulator.ledger import Account, Ledger
from helpdesk.simulator.patrons import Errand, Patrons, errands
from helpdesk.simulator.postbox import Postbox
from helpdesk.simulator.scenarios import DOMAINS, Way, people, texts
from tests.channels.mails import ENQUIRIES, LINES, MAILBOX, KeepingDoor
from tests.people import HurriedClock

MONDAY = instant(datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
WRITTEN = texts()
ALL = tuple(Way)
TEXTS = "+447700900002"


# What they write


def test_there_is_enough_to_ask() -> None:
    """Sixty questions over three ways, thirty noise texts, and follow-ups on every way."""
    questions = [each for each in WRITTEN.scenarios if Way.NOISE not in each.ways]
    assert len(questions) >= 60
    assert len(WRITTEN.for_way(Way.NOISE)) >= 30
    for way in Way:
        assert sum(bool(each.follow_ups) for each in WRITTEN.for_way(way)) >= 4


def test_every_errand_and_every_opening_is_one_of_a_kind() -> None:
    """No id stands twice, and no opening text, so a text says which errand it belongs to."""
    assert max(Counter(each.id for each in WRITTEN.scenarios).values()) == 1
    assert max(Counter(each.opening.text for each in WRITTEN.scenarios).values()) == 1


def test_texts_fit_into_few_segments() -> None:
    """A patron's text has one part or two; some have two, and some don't fit the phone networks' alphabet."""
    sizes = [
        segments(question.text)
        for scenario in WRITTEN.scenarios
        if scenario.ways[0].channel is Channel.SMS
        for question in scenario.questions
    ]
    assert {size.parts for size in sizes} == {1, 2}
    assert {size.encoding for size in sizes} == {"GSM-7", "UCS-2"}


def test_answers_to_texts_take_one_segment() -> None:
    """Staff answer a text in one part, in the phone networks' alphabet."""
    for scenario in WRITTEN.scenarios:
        if scenario.ways[0].channel is Channel.SMS:
            sizes = [segments(question.expects) for question in scenario.questions]
            assert all(size.parts == 1 and not size.odd for size in sizes), scenario.id


def test_numbers_in_texts_are_drama_numbers() -> None:
    """Whatever in a text could reach somebody is a number that Ofcom keeps for drama."""
    said = " ".join(question.text for scenario in WRITTEN.scenarios for question in scenario.questions)
    numbers = re.findall(r"\+?\d[\d ]{7,}\d", said)
    assert len(numbers) == 2
    assert all(re.fullmatch(r"07700 900[0-9]{3}", number) for number in numbers)


def test_the_odd_cases_are_there() -> None:
    """An attachment, a quote, a machine, an umlaut, an emoji, a curly quote, a lone keyword, an early leaver."""
    every = WRITTEN.scenarios
    assert any(each.attachment for each in every)
    assert any(each.quoted for each in every)
    assert any(each.automatic for each in every)
    assert any("ü" in each.name for each in every)
    assert any(each.leaves_early for each in WRITTEN.for_way(Way.CHAT))
    assert any(each.opening.text == "Cancel" for each in WRITTEN.for_way(Way.TEXT))
    together = "".join(each.opening.text for each in every)
    assert "😡" in together
    assert "“" in together


# Who they are


def test_patrons_have_numbers_and_mailboxes_that_nobody_has() -> None:
    """Each has a number of their own from the drama range, and a mailbox at a reserved domain."""
    everybody = people(random.Random(1), WRITTEN)
    assert len({person.number for person in everybody}) == len({person.mailbox for person in everybody}) == 800
    assert all("+447700900200" <= person.number <= "+447700900999" for person in everybody)
    assert all(person.mailbox.isascii() and person.mailbox.partition("@")[2] in DOMAINS for person in everybody)
    assert not any(person.number in repr(person) for person in everybody)


def test_a_line_of_the_library_may_not_have_a_patrons_number() -> None:
    """The library's lines and its patrons can't be mixed up."""
    carrier = Carrier(account="AC", tokens=("t",), clock=ManualClock())
    with pytest.raises(ValueError, match="numbers below"):
        Patrons(1, ManualClock(), Doors(handset=carrier.handset, texts="+447700900456"), Ledger())
    with pytest.raises(ValueError, match="front door"):
        Patrons(1, ManualClock(), Doors(), Ledger())


# The same seed, the same people


def drawn(seed: int, count: int = 200) -> list[Errand]:
    """The first errands of a seed."""
    return list(islice(errands(seed, WRITTEN, ALL), count))


def test_the_same_seed_brings_the_same_people_with_the_same_words() -> None:
    """Order, people, errands and follow-ups hang on the seed alone."""
    assert drawn(7) == drawn(7)
    assert [each.says for each in drawn(7)] != [each.says for each in drawn(8)]


def test_the_first_errands_can_be_chosen() -> None:
    """What a person at the keyboard should see soon; the others are drawn as ever."""
    chosen = ("noise-emoji", "mail-database")
    first = list(islice(errands(7, WRITTEN, ALL, chosen), 20))
    assert [each.scenario.id for each in first[:2]] == list(chosen)
    assert [each.way for each in first[:2]] == [Way.NOISE, Way.MAIL]
    assert first == list(islice(errands(7, WRITTEN, ALL, chosen), 20))


def test_the_time_of_day_changes_when_they_come_and_not_who() -> None:
    """From another start the same errands come in the same order."""
    clock, postbox = ManualClock(), Postbox()
    door = MailDoor(host="127.0.0.1", port=1, mailbox=MAILBOX)
    patrons = Patrons(7, clock, Doors(mail=door, postbox=postbox), Ledger())
    night = list(islice(patrons.visits(MONDAY), 20))
    noon = list(islice(patrons.visits(plus(MONDAY, 12 * HOUR)), 20))
    assert [visit.errand for visit in night] == [visit.errand for visit in noon]
    assert [visit.when - MONDAY for visit in night] != [visit.when - MONDAY - 12 * HOUR for visit in noon]


def test_no_errand_comes_twice_before_all_have_come() -> None:
    """Errands are drawn without putting them back."""
    texted = [each.scenario.id for each in drawn(3, 400) if each.way is Way.NOISE]
    assert len(set(texted[:34])) == 34


def test_patrons_write_back_at_most_twice() -> None:
    """A conversation has one to three messages of the patron, and all of these occur."""
    assert {len(each.says) for each in drawn(5, 400)} == {1, 2, 3}


# Noise has company


def test_others_tell_of_the_same_noise_within_minutes() -> None:
    """Each with a number and a text of their own, so that they become one incident of several reporters."""
    told = [each for each in drawn(5, 400) if each.company]
    assert len(told) >= 10
    for errand in told:
        assert [each.says for each in errand.company] == [(text,) for text in errand.scenario.company]
        assert all(0 < each.after < 20 * MINUTE for each in errand.company)
        assert len({each.person.number for each in (errand, *errand.company)}) == 1 + len(errand.company)
    assert all(not each.company for each in drawn(5, 400) if each.way is not Way.NOISE)


async def test_the_question_for_the_place_is_answered_once() -> None:
    """It is automatic, so nobody takes it for the answer; and whoever has no answer gives none."""
    clock, question = HurriedClock(MONDAY), "Where is the noise?"
    carrier = Carrier(account="AC1", tokens=("t",), clock=clock)
    carrier.rents(TEXTS, webhook="http://127.0.0.1:1/")
    async with carrier.serving():
        for place, said in (("L3A", ["L3A"]), ("", [])):
            handset, own = carrier.handset("+447700900321"), account(Channel.SMS)
            where = Where(question, place, TEXTS, (MINUTE, 2 * MINUTE))
            texting = Texting(handset, TEXTS, own, clock, {question}, where=where)
            for body in (question, question, "On our way"):
                handset.rings(Arrived(sid="SM1", line=TEXTS, body=body))
            assert await texting.hears() == "On our way"
            assert [line.text for line in own.lines] == said


# When they come


def counted(demand: Demand, rate: float, weeks: int = 4) -> Counter[tuple[int, int]]:
    """Arrivals of some weeks by weekday and hour, local time."""
    end = plus(MONDAY, weeks * 7 * DAY)
    times = takewhile(lambda when: when < end, arrivals(random.Random(1), demand, MONDAY, rate))
    return Counter((moment(when).weekday(), moment(when).hour) for when in times)


def test_arrivals_follow_the_table() -> None:
    """Each hour of the week gets its share, and all together the rate."""
    demand = Demand()
    found = counted(demand, rate=30)
    assert sum(found.values()) == pytest.approx(30 * 168 * 4, rel=0.03)
    for weekday, hour in ((0, 10), (2, 14), (4, 18), (5, 12), (6, 15)):
        expected = 30 * 4 * demand.of(plus(MONDAY, weekday * DAY + hour * HOUR))
        assert found[weekday, hour] == pytest.approx(expected, rel=0.2)
    assert found[0, 10] > 10 * found[0, 3]


def test_arrivals_are_in_order_and_follow_the_seed() -> None:
    """Times rise, and another seed gives others."""
    first = list(islice(arrivals(random.Random(1), Demand(), MONDAY, 60), 300))
    assert first == sorted(first)
    assert first == list(islice(arrivals(random.Random(1), Demand(), MONDAY, 60), 300))
    assert first != list(islice(arrivals(random.Random(2), Demand(), MONDAY, 60), 300))


def test_an_hour_is_the_librarys_own() -> None:
    """In summer ten o'clock comes an hour earlier by UTC; a zone with half an hour changes at the half hour."""
    ten = instant(datetime(2026, 7, 6, 9, 0, tzinfo=UTC))
    assert Demand().of(ten) == Demand().of(plus(ten, 59 * MINUTE)) > Demand().of(plus(ten, -MINUTE))
    assert Demand(zone="Asia/Kolkata").until_next_hour(ten) == 30 * MINUTE


def test_a_table_that_makes_no_sense_is_refused() -> None:
    """Wrong shapes, hours without demand, and a rate of nothing."""
    with pytest.raises(ValueError, match="24 hours"):
        Demand(table=((1.0,) * 24,) * 6)
    with pytest.raises(ValueError, match="above 0"):
        Demand(table=((0.0,) * 24,) * 7)
    with pytest.raises(ValueError, match="rate"):
        next(arrivals(random.Random(1), Demand(), MONDAY, 0))


# Doors that are shut


class ReluctantDoor(KeepingDoor):
    """Says "later" so often, then keeps what comes."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def keep(self, envelope: Envelope) -> Receipt:
        """Keep a mail, at the next try but ``times``."""
        if self.times:
            self.times -= 1
            raise TryLater("The store is full.")
        return await super().keep(envelope)


def account(channel: Channel) -> Account:
    """An account with nothing in it."""
    return Ledger().opens("patron", channel, list)


def mailing(port: int, clock: ManualClock, mailbox: str = MAILBOX) -> Mailing:
    """A patron who mails an enquiry to a port of this machine."""
    door = MailDoor(host="127.0.0.1", port=port, mailbox=mailbox)
    [person, *_] = people(random.Random(1), WRITTEN)
    [scenario, *_] = WRITTEN.for_way(Way.MAIL)
    return Mailing(door, Postbox().mailbox("x"), person, scenario, account(Channel.MAIL), clock, random.Random(1))


async def test_a_mail_that_is_put_off_comes_again_as_it_was() -> None:
    """451 is no answer: the same bytes are handed in again, later, until they are kept."""
    clock, door = HurriedClock(MONDAY), ReluctantDoor(3)
    listener = MailListener(MailSettings(listen="127.0.0.1:0"), LINES, door, clock)
    async with listener.listening() as bound:
        assert await mailing(bound.port, clock).says("When do you open?")
    [kept] = door.kept
    assert kept.line == ENQUIRIES
    assert clock.now() - MONDAY == sum(MAIL_WAITS[:3])


async def test_a_mail_to_nobody_is_not_sent_again() -> None:
    """550 is an answer."""
    clock = HurriedClock(MONDAY)
    listener = MailListener(MailSettings(listen="127.0.0.1:0"), LINES, KeepingDoor(), clock)
    async with listener.listening() as bound:
        assert not await mailing(bound.port, clock, "nobody@library.example").says("Hello?")
    assert clock.now() == MONDAY


async def test_a_patron_gives_up_where_nobody_listens() -> None:
    """No door: not taken, after all tries, and nothing is raised; by mail, in the chat and by text."""
    clock = HurriedClock(MONDAY)
    assert not await mailing(1, clock).says("Hello?")
    assert clock.now() - MONDAY == sum(MAIL_WAITS)
    visitor = ChatVisitor(ChatDoor(url="ws://127.0.0.1:1/", origin="", line="chat"), clock, "Ada", random.Random(1))
    async with visitor.visiting():
        assert not await visitor.says("Hello?")
        assert await visitor.next() is None
    assert visitor.over
    carrier = Carrier(account="AC1", tokens=("t",), clock=clock)
    carrier.rents(TEXTS, webhook="http://127.0.0.1:1/")
    async with carrier.serving():
        texting = Texting(carrier.handset("+447700900321"), TEXTS, account(Channel.SMS), clock, ())
        assert not await texting.says("Hello?")
    assert [text.body for text in carrier.texts] == ["Hello?"]


async def test_a_patron_waits_as_long_as_they_have_patience() -> None:
    """No answer within their time: they go."""
    clock = HurriedClock(MONDAY)
    carrier = Carrier(account="AC1", tokens=("t",), clock=clock)
    texting = Texting(carrier.handset("+447700900321"), TEXTS, account(Channel.SMS), clock, ())
    assert await within(clock, HOUR, texting) is None
    assert clock.now() == plus(MONDAY, HOUR)


async def test_a_greeting_is_no_answer() -> None:
    """Automatic texts, and the carrier's own, don't count as somebody's reply."""
    clock = ManualClock(MONDAY)
    carrier = Carrier(account="AC1", tokens=("t",), clock=clock)
    handset = carrier.handset("+447700900321")
    texting = Texting(handset, TEXTS, account(Channel.SMS), clock, {"Thank you, we have your text."})
    for line, body in ((TEXTS, "Thank you, we have your text."), ("", "HELP"), (TEXTS, "On our way")):
        handset.rings(Arrived(sid="SM1", line=line, body=body))
    assert await texting.hears() == "On our way"
