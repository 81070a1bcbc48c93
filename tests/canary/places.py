"""Where numbers are planted: each place has a number of its own, so that a leak says where it came from.

A new place is one line in :data:`PLACES`: its name, and what is done with the number.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast
from urllib.parse import quote, urlencode

import httpx

from helpdesk.events import Kind
from helpdesk.message import Delivery, TicketId
from helpdesk.simulator.carrier_faults import Fault
from tests.channels.photos import gif, jpeg, png
from tests.staff import eventually
from tests.wire import Form, Town

Plants = Callable[[Town, str], Awaitable[object]]
"""Puts a number (E.164, of a texter) in its place."""


def numbers() -> dict[str, str]:
    """The number of each place, from the range that is kept for drama."""
    return {place: f"+447700900{number}" for number, place in enumerate(PLACES, 200)}


def national(number: str) -> str:
    """As it is said in the country."""
    return "0" + number[3:7] + " " + number[7:]


def _sid(number: str) -> str:
    """A carrier's id, another for each place, that holds nothing of the number."""
    return f"SM{list(numbers().values()).index(number):032x}"


def _form(town: Town, number: str, body: str = "Loud on level 3", **fields: str) -> Form:
    """A text of somebody else's, with some fields as given."""
    form = dict(town.form(body, number="+447700900199", sid=_sid(number)))
    return [*{**form, **{name.encode(): value.encode() for name, value in fields.items()}}.items()]


async def _texts(town: Town, number: str) -> None:
    """Somebody texts, is answered, answers back."""
    ana = town.texter(number)
    await ana.texts("Loud on level 3")
    ticket = await town.desk.replies("On our way", to=(await town.desk.sees("Loud on level 3")).id)
    await town.desk.learns(ticket.id, Delivery.DELIVERED)
    await ana.texts("Quiet now")


async def _comes(town: Town, number: str, said: str) -> TicketId:
    """A text, greeted if its line greets."""
    texter = town.texter(number)
    await texter.texts(said)
    if town.house.settings.lines["noise"].greeting:
        await texter.hears()
    return (await town.desk.sees(said)).id


async def _is_not_reached(town: Town, number: str, fault: Fault, delivery: Delivery | None, said: str) -> None:
    """The carrier refuses an answer in words that name the number."""
    came = await _comes(town, number, said)
    town.carrier.faults.sends.append(fault)
    ticket = await town.desk.replies("On our way", to=came)
    if delivery is not None:
        await town.desk.learns(ticket.id, delivery, time=town.time)


def _fault(code: str, *, status: int = 400) -> Fault:
    """An error whose code is no code."""
    return Fault(status=status, code=cast(int, code))


async def _calls_back(town: Town, number: str, said: str, **fields: str) -> None:
    """A status callback about a text to the number, signed, with fields of its own."""
    came = await _comes(town, number, said)
    town.carrier.faults.muted = True
    ticket = await town.desk.replies("On our way", to=came)
    await town.desk.learns(ticket.id, Delivery.SENT)
    town.carrier.faults.muted = False
    [text] = [each for each in town.carrier.texts if each.recipient == number and each.body == "On our way"]
    usual = {"MessageSid": text.sid, "To": number, "From": "+447700900001", "MessageStatus": "undelivered"}
    form = [(name.encode(), value.encode()) for name, value in {**usual, **fields}.items()]
    assert await town.posts(form, path=text.status_callback.removeprefix(town.doors.web)) == 200


async def _posts_raw(town: Town, body: bytes, *, path: str = "/sms/inbound", **headers: str) -> None:
    """Anything at all, as nobody signed it."""
    async with httpx.AsyncClient(verify=False) as client:
        given = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "bm8=", **headers}
        await client.post(town.doors.web + path, content=body, headers=given)


async def _is_quarantined(town: Town, number: str, **fields: str) -> None:
    assert await town.posts(_form(town, number, **fields)) == 200


def _told(number: str) -> bytes:
    """What a camera or a phone may write into a file."""
    return f"Owner {number} {national(number)}".encode()


async def _photographs(town: Town, number: str, kind: str, content: bytes, *, points: str = "") -> None:
    """A text with a file, whose name and bytes hold the number; the file is fetched, or left, before this returns."""
    url = f"https://media.example/{number}"
    town.carrier.shelf[url] = (kind, content)
    town.carrier.faults.points.extend([points] if points else [])
    said = f"A picture of place {list(numbers().values()).index(number)}"
    await town.carrier.handset(number).texts(said, to="+447700900001", media=(url,))
    ticket = (await town.desk.sees(said)).id

    async def look() -> bool | None:
        history = (await town.desk.thread(ticket)).history
        return any(moment.kind is Kind.FETCHED for moment in history) or None

    await eventually(town.desk.desk, look)


def _bare(number: str) -> str:
    """As it is said in the country, in one go."""
    return "0" + number[3:]


async def _says_where(town: Town, number: str) -> None:
    """A text with no place; then, as one does who was asked for it, the place with a number beside it."""
    ana = town.texter(number)
    await ana.texts("So loud here")
    await ana.texts(f"sorry, L3A, call {national(number)}")


async def _is_muted(town: Town, number: str) -> None:
    """A nuisance goes on texting into the muted folder."""
    ticket = await town.house.desk.thread(town.desk.name, await _comes(town, number, "Beep beep beep"))
    await town.house.desk.noise.mute(town.desk.name, ticket.ticket.id, ticket.ticket.version, 1)
    await town.texter(number).texts(f"ring {number} or {_bare(number)} if you dare")


PLACES: dict[str, Plants] = {
    "the sender": _texts,
    "the sender, spaced": lambda town, n: _is_quarantined(town, n, From=f"{n[:3]} {n[3:7]} {n[7:]}"),
    "the sender, of another network": lambda town, n: _is_quarantined(town, n, From=f"whatsapp:{n}"),
    "the body": lambda town, n: town.posts(_form(town, n, f"Loud, ring me on {n}")),
    "the body, national": lambda town, n: town.posts(_form(town, n, f"Ring {national(n)} please")),
    "the body, dashed": lambda town, n: town.posts(_form(town, n, national(n).replace(" ", "-") + " loud")),
    "the body, twice in a row": lambda town, n: town.posts(_form(town, n, f"{n}{n}")),
    "the body, of wide digits": lambda town, n: town.posts(
        _form(town, n, national(n).translate({48 + digit: 0xFF10 + digit for digit in range(10)}))
    ),
    "the body, percent-encoded": lambda town, n: town.posts(_form(town, n, f"https://wa.me/{quote(n)}?x=1")),
    "the body, as an address": lambda town, n: town.posts(_form(town, n, f"write to {n[1:]}@texts.example")),
    "the body, after a poster code": lambda town, n: town.posts(_form(town, n, f"L3A{_bare(n)} loud")),
    "the body, before a poster code": lambda town, n: town.posts(_form(town, n, f"loud {_bare(n)}L3A")),
    "the body, as a room": lambda town, n: town.posts(_form(town, n, f"loud in rm {_bare(n)}")),
    "the body, as a room in a wing": lambda town, n: town.posts(_form(town, n, f"2.59.{_bare(n)} loud")),
    "the body, as a room in groups": lambda town, n: town.posts(
        _form(town, n, f"room {_bare(n)[:4]}.{_bare(n)[4:8]}.{_bare(n)[8:]}")
    ),
    "the body, as floors": lambda town, n: town.posts(_form(town, n, " ".join(f"level {each}" for each in _bare(n)))),
    "the body, as a time": lambda town, n: town.posts(
        _form(town, n, f"loud since {_bare(n)[:2]}:{_bare(n)[2:4]} {_bare(n)[4:]}")
    ),
    "the answer to where it is": _says_where,
    "a text of somebody who is muted": _is_muted,
    "the caption of a picture": lambda town, n: town.posts(
        _form(town, n, f"Me: {n}", NumMedia="1", MediaUrl0="https://media.example/1", MediaContentType0="image/jpeg")
    ),
    "the name of a file": lambda town, n: town.posts(
        _form(town, n, NumMedia="1", MediaUrl0=f"https://media.example/{n}.jpg", MediaContentType0="image/jpeg")
    ),
    "the type of a file": lambda town, n: town.posts(
        _form(town, n, NumMedia="1", MediaUrl0="https://media.example/2", MediaContentType0=f'image/jpeg; name="{n}"')
    ),
    "the count of files": lambda town, n: town.posts(_form(town, n, NumMedia=n[1:], NumSegments=n[1:])),
    "fields that nobody knows": lambda town, n: town.posts(
        _form(town, n, WaId=n[1:], ForwardedFrom=n, ProfileName=national(n), FromCity=n, **{n: n})
    ),
    "the carrier's id of a text": lambda town, n: town.posts(_form(town, n, MessageSid=f"SM{n}", SmsSid=n)),
    "the carrier's id of a text in quarantine": lambda town, n: town.posts(
        _form(town, n, MessageSid=n, From="PARCELCO")
    ),
    "the account": lambda town, n: town.posts(_form(town, n, AccountSid=f"AC{n}")),
    "the number texted": lambda town, n: town.posts(_form(town, n, To=n)),
    "the messaging service": lambda town, n: town.posts(_form(town, n, To="", MessagingServiceSid=n)),
    "a text of broken bytes": lambda town, n: town.posts(
        [*_form(town, n)[:-1], (b"Body", b"\xff\xfe ring " + n.encode() + b" \x00")]
    ),
    "a form without a text": lambda town, n: town.posts([(b"From", n.encode()), (b"To", b"+447700900001")]),
    "a forged text": lambda town, n: town.posts(_form(town, n, f"Ring {n}", From=n), token="a guess"),
    "a malformed webhook": lambda town, n: _posts_raw(town, b"From=%2B" + n[1:].encode() + b"&&=&\xff%zz&Body"),
    "a webhook of another type": lambda town, n: _posts_raw(town, b'{"From": "%b"}' % n.encode()),
    "a webhook that is too large": lambda town, n: _posts_raw(town, urlencode({"From": n, "Body": n * 9000}).encode()),
    "a webhook's path": lambda town, n: _posts_raw(town, b"Body=x", path=f"/sms/inbound/{n}"),
    "a webhook's query": lambda town, n: _posts_raw(town, b"Body=x", path=f"/sms/inbound?From={quote(n)}"),
    "a webhook's headers": lambda town, n: _posts_raw(
        town, b"Body=x", **{"X-Twilio-Signature": n, "User-Agent": n, "X-Forwarded-For": n}
    ),
    "a status callback": lambda town, n: _calls_back(
        town, n, "Drumming by the lifts", ErrorCode="30005", ErrorMessage=f"{n} is gone", RawDlrDoneDate=n
    ),
    "the code in a status callback": lambda town, n: _calls_back(town, n, "A radio by the stairs", ErrorCode=n),
    "the carrier's id in a status callback": lambda town, n: _calls_back(
        town, n, "Singing in the foyer", MessageStatus="delivered", MessageSid=n
    ),
    "a callback about a text that is not ours": lambda town, n: town.posts(
        [(b"MessageSid", n.encode()), (b"MessageStatus", b"delivered")], path=f"/sms/status/{quote(n)}"
    ),
    "an error of the carrier": lambda town, n: _is_not_reached(
        town, n, _fault(f"21211: {n} is not valid"), Delivery.FAILED, "Shouting on level 1"
    ),
    "the code of the carrier's error": lambda town, n: _is_not_reached(
        town, n, _fault(n), Delivery.FAILED, "Shouting on level 2"
    ),
    "a passing error of the carrier": lambda town, n: _is_not_reached(
        town, n, _fault(n, status=503), Delivery.DELIVERED, "A phone by the lockers"
    ),
    "an error of our account": lambda town, n: _is_not_reached(
        town, n, _fault(n, status=401), None, "Hot food on level 4"
    ),
    "what a photo tells": lambda town, n: _photographs(town, n, "image/jpeg", jpeg(_told(n))),
    "what a picture tells": lambda town, n: _photographs(town, n, "image/png", png(_told(n))),
    "what a moving picture tells": lambda town, n: _photographs(town, n, "image/gif", gif(_told(n))),
    "a file of another kind": lambda town, n: _photographs(town, n, "application/pdf", b"%PDF-1.7 " + _told(n)),
    "the kind that a file says it is": lambda town, n: _photographs(town, n, f"image/{n[1:]}", b"GIF89a"),
    "where the carrier points for a file": lambda town, n: _photographs(
        town, n, "image/gif", b"GIF89a", points=f"https://media.example/{n}.gif"
    ),
    "a search": lambda town, n: town.house.desk.search(town.desk.name, national(n)),
}
"""In this order: after an error of our account the line rests."""
