"""What the simulated carrier says of the library's account and of its numbers."""

from __future__ import annotations

import hashlib
from email.utils import format_datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from helpdesk.clock import moment

if TYPE_CHECKING:
    from helpdesk.simulator.carrier import Carrier, RentedNumber


async def tell_account(carrier: Carrier, request: Request) -> Response:
    """The account: whether it is active."""
    opened = format_datetime(moment(carrier.clock.now()))
    return JSONResponse(
        {
            "auth_token": "hidden",
            "date_created": opened,
            "date_updated": opened,
            "friendly_name": "Library",
            "owner_account_sid": carrier.account,
            "sid": carrier.account,
            "status": carrier.standing,
            "subresource_uris": {},
            "type": "Full",
            "uri": f"/2010-04-01/Accounts/{carrier.account}.json",
        }
    )


async def list_numbers(carrier: Carrier, request: Request) -> Response:
    """The numbers that the library has rented, or the one that is asked for."""
    wanted = request.query_params.get("PhoneNumber")
    found = [_shown(carrier, each) for each in carrier.numbers.values() if wanted in {None, each.number}]
    uri = f"/2010-04-01/Accounts/{carrier.account}/IncomingPhoneNumbers.json"
    return JSONResponse(
        {
            "incoming_phone_numbers": found,
            "page": 0,
            "page_size": 50,
            "start": 0,
            "end": max(0, len(found) - 1),
            "uri": uri,
            "first_page_uri": uri,
            "previous_page_uri": None,
            "next_page_uri": None,
        }
    )


def _shown(carrier: Carrier, rented: RentedNumber) -> dict[str, object]:
    sid = f"PN{hashlib.md5(rented.number.encode(), usedforsecurity=False).hexdigest()}"
    return {
        "account_sid": carrier.account,
        "capabilities": {"sms": True, "voice": True, "mms": False, "fax": False},
        "friendly_name": rented.number,
        "phone_number": rented.number,
        "sid": sid,
        "sms_method": "POST",
        "sms_url": rented.webhook,
        "status": "in-use",
        "uri": f"/2010-04-01/Accounts/{carrier.account}/IncomingPhoneNumbers/{sid}.json",
    }
