"""What somebody may look for at the desk that is no command: a setting, or the terminal's own. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The words by which it is looked for, what is said, and the settings of ``[desk]`` that it names."""

    words: str
    says: str
    settings: tuple[str, ...] = ()


ELSEWHERE: tuple[Elsewhere, ...] = (
    Elsewhere(
        "theme colours colors dark light contrast settings",
        "Which colours the desk opens with is a setting: theme in [desk].",
        ("theme",),
    ),
    Elsewhere(
        "sound bell beep alerts notifications settings",
        "Whether it rings, and for what, are settings: bell, notices, alert_new and alert_soon in [desk].",
        ("bell", "notices", "alert_new", "alert_soon"),
    ),
    Elsewhere(
        "keymap keys shortcuts vim remap settings",
        "Other keys are settings: keymap and keys in [desk]; helpdesk check says which can't work.",
        ("keymap", "keys"),
    ),
    Elsewhere(
        "undo send seconds delay settings",
        "How long a reply can be taken back is a setting: undo_seconds in [desk].",
        ("undo_seconds",),
    ),
    Elsewhere(
        "lock idle timeout settings", "Locking by itself is a setting: lock_minutes in [desk].", ("lock_minutes",)
    ),
    Elsewhere("font size zoom bigger larger letters", "The size of the letters is your terminal's: often ctrl and +."),
    Elsewhere("language translate english welsh", "The desk speaks English. What patrons are sent is yours to write."),
    Elsewhere(
        "delete remove erase forget",
        "Nothing is deleted at the desk: what is over is forgotten after its time, a person by helpdesk forget.",
    ),
    Elsewhere("spelling spell checker", "Spelling is checked by $EDITOR: ctrl+o while you write."),
)
"""All of it; a test compares the settings with those that there are."""


def elsewhere(typed: str) -> list[str]:
    """What is said of words that were typed: of each thing some word of which begins with every one of them."""
    words = typed.casefold().split()
    return [each.says for each in ELSEWHERE if words and all(_begins(each.words, word) for word in words)]


def _begins(words: str, typed: str) -> bool:
    return len(typed) > 2 and any(each.startswith(typed) for each in words.split())
