"""What a question says of its consequence: the same words in the full screen and in line mode."""

from __future__ import annotations

from helpdesk.clock import MINUTE

SPAM_MEANS = "It leaves the queue and the figures, and nobody answers it."
SPAM_MEAN = "They leave the queue and the figures, and nobody answers them."
CLOCKS_RUN_ON = "Their clocks run on, and they will count as missed."
TESTS = "They leave every figure and are counted apart. Done again, they come back."
TAGGING_MANY = "Each gets these tags, too; with - before it a tag is taken away: printer -refund."
CLOCK_RUNS_ON = "Its clock runs on, and it will count as missed."
CORRECTING = "Both figures are kept and shown: as it was recorded, and with your correction."
EXPLAINING = "One line for the manager's report. It stands beside the miss; it changes no figure."
TESTING = "It leaves every figure and is counted apart. Done again, it comes back."
MERGING = "It is closed and points to the other one; it is counted apart in the figures."
SPLITTING = "Same patron, same channel. Its clocks start when the message came in, not now."
LINKING = "Both go on. Each shows the other, with where it stands; no figure changes."
ATTENDING = "For everybody who wrote before, that is the answer."
MUTING = "Their texts go to the muted folder and are counted there. What is dangerous gets through all the same."
PARTING = "They tell of another noise: an incident of their own, with their own clocks. {key:unite} brings them back."
AT_ONCE = "goes at once and stays"
STAYS = "Once kept it stays."
HANDING = "With a note it can't be taken back, only handed on: the note stays."
TELLING_ALL = "Tell all visitors of yours who wait: with you in a moment?"
TOLD_AT_ONCE = "It goes at once and can't be taken back. Who was told already is not told again."
LEAVING = "This desk runs the channels. When it is left, no text, mail or chat is taken in until it is started again."

WAITED: tuple[tuple[str, int | None], ...] = (
    ("answered at once", 0),
    ("waited about a minute", MINUTE),
    ("waited about 5 minutes", 5 * MINUTE),
    ("waited about 15 minutes", 15 * MINUTE),
    ("the wait was not noted", None),
)
"""How long somebody waited who rang or came, in milliseconds; None where nobody noted it."""
