"""Whether who sits here still may: learnt when the log says that something changed among staff, or by a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpdesk.errors import HelpdeskError, SignedOut
from helpdesk.events import Kind
from helpdesk.permissions import shut_out
from helpdesk.sight import Told
from tui import asking
from tui.roles import reads
from tui.screens.acting import Acting
from tui.screens.sign_in import SignInScreen
from tui.screens.worklist import WorklistScreen

if TYPE_CHECKING:
    from tui.presence import Presence
    from tui.watching import Watching

AMONG_STAFF = frozenset(
    {Kind.STAFF_ADDED, Kind.STAFF_ROLE, Kind.STAFF_DISABLED, Kind.STAFF_ENABLED, Kind.TOKEN_REVOKED}
)
"""Facts after which the roll is called."""


def is_due(told: Sequence[Told]) -> bool:
    """Whether somebody at the desk may have another role now, or none."""
    return any(each.kind in AMONG_STAFF for each in told)


async def call(app: Watching, presence: Presence) -> None:
    """Learn who works here now. Who may no longer is asked to sign in; who has another role is told so."""
    sitting = app.sitting
    if sitting is None:
        return
    before, role = sitting.actor, sitting.role
    try:
        sitting.know(await sitting.desk.members())
    except SignedOut as error:
        asking.sign_out(app, sitting, presence, str(error))
        return
    except (HelpdeskError, OSError):  # the first line says that the connection broke; it is called again after it
        return
    for screen in app.screen_stack:
        if isinstance(screen, SignInScreen):
            screen.offer(asking.who_may(sitting))
    if sitting.actor not in sitting.members:
        asking.sign_out(app, sitting, presence, shut_out(sitting.name(sitting.actor)))
    elif sitting.actor == before and sitting.role is not role:
        app.notify(f"Your role is {sitting.role} now.", timeout=6, markup=False)
        await _go_on(app)


async def _go_on(app: Watching) -> None:
    """With another role: what may not be seen any more is left, the rest is read anew."""
    sitting = app.sitting
    if sitting is None:
        return
    if not reads(sitting.role):
        while len(app.screen_stack) > 1 and not isinstance(app.screen, WorklistScreen):
            await app.screen.dismiss(None)
    for screen in app.screen_stack:
        if isinstance(screen, Acting):
            await screen.reread()
