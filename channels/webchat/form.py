"""The form for when nobody can chat: its fields, checked, with what is wrong in words beside each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from channels.webchat.frames import CLIENT_ID, WORD
from helpdesk.chats import MAX_QUESTION, Question
from helpdesk.errors import HelpdeskError
from helpdesk.message import ConversationId

_MAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@(?:[\w-]+\.)+[\w-]{2,}")
_LONGEST_MAIL = 254


class WrongFields(HelpdeskError):
    """Some fields need another look. ``fields``: what to do, by the field's name."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("Please look at the marked fields again.")
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that can be taken, and the chat that the visitor had begun, if any, with its token."""

    question: Question
    conversation: ConversationId | None
    token: str


def read(body: bytes) -> Filled:
    """The form from a JSON body; WrongFields says what to put right."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise WrongFields({"question": "The form did not arrive whole. Please send it again."})
    values = {name: value for name, value in fields.items() if isinstance(value, str)}
    question = Question(
        client_id=values.get("id", ""),
        name=values.get("name", ""),
        address=values.get("email", "").strip(),
        text=values.get("question", ""),
    )
    if wrong := _wrong(question):
        raise WrongFields(wrong)
    conversation, token = values.get("conversation", ""), values.get("token", "")
    if not (WORD.fullmatch(conversation) and WORD.fullmatch(token)):  # none was begun, or none that we gave out
        return Filled(question, None, "")
    return Filled(question, ConversationId(conversation), token)


def _wrong(question: Question) -> dict[str, str]:
    wrong = {}
    if not question.address:
        wrong["email"] = "Write your e-mail address, so that we can answer."
    elif len(question.address) > _LONGEST_MAIL or not _MAIL.fullmatch(question.address):
        wrong["email"] = "Check the e-mail address: it should look like name@example.org."
    if not question.text.strip():
        wrong["question"] = "Write your question."
    elif len(question.text) > MAX_QUESTION:
        wrong["question"] = f"Please keep the question under {MAX_QUESTION:,} characters."
    if not CLIENT_ID.fullmatch(question.client_id):
        wrong["question"] = "The form did not arrive whole. Please load the page again."
    return wrong
