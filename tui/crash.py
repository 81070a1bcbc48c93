"""What the terminal says when the desk breaks: where and what kind, and nothing that anybody wrote. Pure."""

from __future__ import annotations

from textual.worker import WorkerFailed

from helpdesk.frames import frame_lines
from tui.words import plural


def crash_words(error: BaseException, drafts: int) -> str:
    """What happened, what is lost, and what to pass on; not the error's own words, which may hold a patron's."""
    kind = type(unwrapped(error)).__name__
    lost = f"Of {plural(drafts, 'draft')} the last words may be gone. " if drafts else ""
    return (
        f"The desk had to stop: something in it is broken ({kind}).\n"
        f"{lost}What was received or sent before is kept. Open the desk again and go on.\n\n"
        "Please pass the lines below on to whoever looks after the desk. Nothing that anybody wrote is in them.\n\n"
        + "\n".join(crash_lines(error))
    )


def crash_lines(error: BaseException) -> list[str]:
    """The frames and kinds of an error, without its wrapping."""
    return frame_lines(unwrapped(error))


def unwrapped(error: BaseException) -> BaseException:
    """What went wrong in the background, without its wrapping."""
    return error.error if isinstance(error, WorkerFailed) else error
