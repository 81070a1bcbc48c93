"""The settings of the terminal desk, a part of :mod:`helpdesk.config`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from helpdesk.quiet_spans import fit_span
from helpdesk.section import Section


def fit_command(words: str) -> str:
    """A command line as it was written; ValueError where quotes are left open."""
    try:
        shlex.split(words)
    except ValueError:
        raise ValueError(f'{words!r} is no command line: close its quotes, as in "evince --preview"') from None
    return words.strip()


class DeskSettings(Section):
    """The terminal desk."""

    server: str = Field(
        "", description="The server whose desk is opened, https://desk.library.example; empty: this machine's library."
    )
    authority: Path | None = Field(
        None, description="A PEM file of certificates to trust for it, instead of the system's; none: the system's."
    )
    new_members: Literal["lead", "agent", ""] = Field(
        "lead",
        description="The role of who signs in at the owner's machine for the first time; empty: nobody is added.",
    )
    shared_login: bool = Field(False, description="Ask who it is on opening, rather than the system's user.")
    lock_minutes: int = Field(0, ge=0, description="Lock after so many idle minutes, 0 for never.")
    claim_minutes: int = Field(10, ge=1, description="How long a claim holds.")
    chats_at_once: int = Field(3, ge=1, le=12, description="How many chats a member takes who says nothing else.")
    undo_seconds: int = Field(10, ge=0, le=600, description="How long a reply can be taken back; 0: it goes at once.")
    undo_many_seconds: int = Field(30, ge=0, le=600, description="The same of a reply to several, or to all reporters.")
    away_minutes: int = Field(10, ge=1, description="After so long without a key, a member counts as away.")
    theme: Literal["dark", "light", "contrast-dark", "contrast-light", "ansi"] = Field(
        "dark", description="The colours it opens with, ansi for the terminal's own; F8 changes them."
    )
    bell: bool = Field(True, description="Ring when a patron writes and when a standard is missed.")
    notices: Literal["auto", "osc9", "osc777", "osc99", "none"] = Field(
        "auto", description="How the terminal shows a notice while you look elsewhere; auto finds out."
    )
    alert_new: bool = Field(True, description="Call for whoever writes; else only for tickets of one's own.")
    alert_soon: bool = Field(True, description="Call for tickets that are close to their deadline.")
    quiet: tuple[Annotated[str, AfterValidator(fit_span)], ...] = Field(
        (), description='When nobody is called, each day by the library\'s clock: "12:30-13:30", "18:00-08:00".'
    )
    viewer: Annotated[str, AfterValidator(fit_command)] = Field(
        "", description="The program that opens attachments, as a command line; empty: the system's own; none: nothing."
    )
    viewer_in_terminal: bool = Field(
        False, description="That program runs in the terminal: the desk steps aside for it, as for $EDITOR."
    )
    keymap: Literal["vim", "plain"] = Field(
        "vim", description="Letters as keys, or F-keys, ctrl and arrows (plain), for whoever wants no letters."
    )
    keys: dict[str, str] = Field(
        default_factory=dict,
        description="Other keys, by command (docs/keys.md names them), with commas between several; replaces its keys.",
    )
