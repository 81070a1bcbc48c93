"""The gate: whoever calls is asked for first, by the store as it is now."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.config import DeskSettings
from helpdesk.errors import NotAllowed, NotFound, Refused, SignedOut, TryLater
from helpdesk.gate import OWNER, Caller
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.permissions import OF_ROLE, Permission, Role
from helpdesk.ports import Sql
from helpdesk.sight import Told
from helpdesk.store.verbs import notices
from helpdesk.worklist import View
from tests.contracts.desk import ANA, BEN
from tests.conversation import library as town_of
from tests.roles.conftest import Staffed

pytestmark = pytest.mark.usefixtures("engine")

AGENT, LEAD, REPORTER, ADMIN = (StaffId(each) for each in ("agent", "lead", "reporter", "admin"))
NO_TICKET = TicketId("01KSR49200C48EAY0VSK7ACBK1")


async def test_an_agent_works_and_a_reporter_sees_no_texts(staffed: Staffed) -> None:
    """The same call, by two roles."""
    ticket = await staffed.place.mail()
    assert (await staffed.desk("agent").thread(AGENT, ticket)).ticket.id == ticket
    with pytest.raises(NotAllowed, match=r"no texts\. Your role is reporter; an admin can change it"):
        await staffed.desk("reporter").thread(REPORTER, ticket)
    with pytest.raises(NotAllowed, match="for leads"):
        await staffed.desk("agent").merge(AGENT, ticket, 1, 2)


async def test_what_is_refused_does_not_say_what_there_is(staffed: Staffed) -> None:
    """The words are the same for a ticket that is there and for one that is not."""
    ticket = await staffed.place.mail()
    words = set()
    for each in (ticket, NO_TICKET, TicketId("1 OR 1=1")):
        with pytest.raises(NotAllowed) as refusal:
            await staffed.desk("reporter").thread(REPORTER, each)
        words.add((type(refusal.value), str(refusal.value)))
    assert len(words) == 1
    with pytest.raises(NotFound):
        await staffed.desk("agent").thread(AGENT, NO_TICKET)


async def test_a_role_holds_from_the_next_call_on(staffed: Staffed) -> None:
    """On every server: it is read from the store, and nothing is remembered."""
    ticket = await staffed.place.mail()
    desk = staffed.desk("agent")
    await desk.thread(AGENT, ticket)
    await staffed.roster.set_role(ADMIN, AGENT, Role.REPORTER)
    with pytest.raises(NotAllowed, match="Your role is reporter"):
        await desk.thread(AGENT, ticket)
    await staffed.roster.set_role(ADMIN, AGENT, Role.LEAD)
    await desk.thread(AGENT, ticket)


@pytest.mark.parametrize("terminal", [True, False])
async def test_who_is_disabled_is_out_at_their_next_call(staffed: Staffed, terminal: bool) -> None:
    """Wherever they sit, and however little they ask for."""
    desk = staffed.at_the_terminal() if terminal else staffed.desk("agent")
    await staffed.roster.disable(ADMIN, AGENT)
    with pytest.raises(SignedOut, match="Agent can't sign in any more"):
        await desk.counts(AGENT)
    with pytest.raises(SignedOut, match="Agent can't sign in any more"):
        await desk.set_presence(AGENT, Channel.CHAT, True)
    with pytest.raises(SignedOut, match="Agent can't sign in any more"):
        await desk.sign_in(AGENT)


async def test_nobody_knows_who_asks(staffed: Staffed) -> None:
    """A name alone is no member, and no name is nobody."""
    with pytest.raises(SignedOut, match="does not know who asks"):
        await staffed.at_the_terminal().worklist(StaffId("mallory"), View.OPEN)
    with pytest.raises(SignedOut, match="does not know who asks"):
        await staffed.at_the_terminal().worklist(StaffId(""), View.OPEN)
    assert (await staffed.at_the_terminal().hello()).library == "main"


async def test_a_token_s_member_acts_as_nobody_else(staffed: Staffed) -> None:
    """Not even as somebody who may less."""
    with pytest.raises(NotAllowed, match="Your token is lead's: with it you act as lead"):
        await staffed.desk("lead").worklist(AGENT, View.OPEN)
    with pytest.raises(NotAllowed, match="you act as lead"):
        await staffed.desk("lead").sign_in(ADMIN)
    assert (await staffed.trail())[-1].actor == "lead"


async def test_a_call_that_the_table_does_not_name_is_nobody_s(staffed: Staffed) -> None:
    """A protocol that is not in the table opens to no one, and what a protocol lacks is not there."""
    with pytest.raises(AttributeError, match="Desk has no _store"):
        staffed.desk("admin")._store  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError):
        staffed.desk("admin").drop_everything  # type: ignore[attr-defined]  # noqa: B018


async def test_what_leads_alone_take(staffed: Staffed) -> None:
    """An agent takes what is free or their own; a colleague's ticket is the colleague's, or a lead's to give."""
    ticket = await staffed.place.mail()
    agent, lead = staffed.desk("agent"), staffed.desk("lead")
    own = await agent.assign(AGENT, ticket, 1, AGENT)
    handed = await agent.assign(AGENT, ticket, own.version, BEN)
    with pytest.raises(NotAllowed, match=r"ben has ticket 1\. Ask ben to hand it over, or a lead to do it"):
        await agent.assign(AGENT, ticket, handed.version, AGENT)
    with pytest.raises(NotAllowed, match="or a lead to do it"):
        await agent.release(AGENT, ticket, handed.version)
    taken = await lead.assign(LEAD, ticket, handed.version, LEAD)
    assert taken.owner == LEAD
    assert (await lead.release(LEAD, ticket, taken.version)).owner is None


async def test_a_colleague_s_claim_is_theirs_until_it_runs_out(staffed: Staffed) -> None:
    """Ten minutes later the ticket is free."""
    ticket = await staffed.place.mail()
    held = await staffed.desk("lead").claim(LEAD, ticket)
    with pytest.raises(NotAllowed, match="lead has ticket 1"):
        await staffed.desk("agent").assign(AGENT, ticket, held.version, AGENT)
    staffed.clock.passes(minutes=11)
    assert (await staffed.desk("agent").assign(AGENT, ticket, held.version, AGENT)).owner == AGENT


async def test_what_somebody_had_who_left_is_free(staffed: Staffed) -> None:
    """Nobody can be asked to hand it over. And nothing is given to somebody who is gone, or who answers nothing."""
    ticket = await staffed.place.mail()
    kept = await staffed.desk("lead").assign(LEAD, ticket, 1, LEAD)
    await staffed.roster.disable(ADMIN, LEAD)
    taken = await staffed.desk("agent").assign(AGENT, ticket, kept.version, AGENT)
    assert taken.owner == AGENT
    for gone in (LEAD, REPORTER):
        with pytest.raises(Refused, match="answers no tickets"):
            await staffed.desk("agent").assign(AGENT, ticket, taken.version, gone)


async def test_figures_come_without_texts(staffed: Staffed) -> None:
    """A reporter sees what is near its limit by number; whose question it is, and about what, are no figures."""
    await staffed.place.mail("Where is my book?", subject="Overdue again")
    seen = await staffed.desk("lead").standing(LEAD)
    assert {each.subject for each in seen.nearing} == {"Overdue again"}
    figures = await staffed.desk("reporter").standing(REPORTER)
    assert len(figures.nearing) == len(seen.nearing)
    assert {(each.subject, each.name) for each in (*figures.nearing, *figures.late)} == {("", "")}
    assert "Overdue" not in repr(figures)
    assert "Mina" not in repr(figures)


@pytest.mark.parametrize("role", Role)
async def test_who_may_not_read_sees_nobody_s_name_beside_a_number(staffed: Staffed, role: Role) -> None:
    """Whose ticket it is stands there for who works on tickets; for the figures the number is enough."""
    ticket = await staffed.place.mail("Where is my book?", subject="Overdue again")
    await staffed.desk("lead").assign(LEAD, ticket, 1, AGENT)
    reads = Permission.READ in OF_ROLE[role]
    near = (await staffed.desk(role).standing(StaffId(role))).nearing
    assert {each.number for each in near} == {1}
    assert {each.owner for each in near} == {AGENT if reads else None}
    staffed.clock.passes(days=30)
    late = (await staffed.desk(role).standing(StaffId(role))).late
    assert {(each.number, each.owner) for each in late} == {(1, AGENT if reads else None)}


async def test_a_reporter_s_notices_are_about_the_house(staffed: Staffed) -> None:
    """Not about single contacts."""
    now = staffed.clock.now()
    await staffed.store.write(notices.raise_notice, "person:x", "warning", "A reply in ticket 1 ...", now)
    await staffed.store.write(notices.raise_notice, "paused:text", "error", "Nothing goes out", now)
    assert [each.key for each in await staffed.desk("reporter").notices()] == ["paused:text"]
    assert len(await staffed.desk("agent").notices()) == 2
    assert len(await staffed.at_the_terminal().notices()) == 2


async def test_work_on_the_library_is_allowed_at_its_own_machine(staffed: Staffed) -> None:
    """Whoever may open the files is an admin there, on the list or not; over a token the role decides."""
    added = await staffed.list_of(OWNER).add(StaffId("root"), StaffId("joe"))
    assert added.role is Role.AGENT
    with pytest.raises(NotAllowed, match="for admins"):
        await staffed.list_of(Caller(member=LEAD)).add(LEAD, StaffId("zoe"))
    await staffed.list_of(Caller(member=ADMIN)).add(ADMIN, StaffId("zoe"))


async def test_members_see_to_their_own_tokens(staffed: Staffed) -> None:
    """To others' only who administers; that a token is there is not told."""
    mine, others = staffed.list_of(Caller(member=AGENT)), staffed.list_of(Caller(member=ADMIN))
    issued = await mine.issue(AGENT, AGENT, name="laptop")
    assert [each.id for each in await mine.tokens(AGENT, AGENT)] == [issued.token.id]
    theirs = await others.issue(ADMIN, BEN, name="laptop")
    for call in (
        mine.tokens(AGENT, BEN),
        mine.issue(AGENT, BEN, name="mine"),
        mine.revoke(AGENT, theirs.token.id),
        mine.revoke(AGENT, "nosuchtoken0"),
    ):
        with pytest.raises(NotAllowed, match="for admins"):
            await call
    assert (await mine.revoke(AGENT, issued.token.id)).revoked is not None
    assert (await others.revoke(ADMIN, theirs.token.id)).revoked is not None


async def test_a_token_that_is_over_ends_the_call(staffed: Staffed) -> None:
    """Between the door and the desk it may have been revoked."""
    issued = await staffed.roster.issue(ADMIN, AGENT, name="laptop", days=1)
    desk = staffed.desk("agent", token=issued.token.id)
    await desk.counts(AGENT)
    staffed.clock.passes(hours=25)
    with pytest.raises(SignedOut, match="has expired"):
        await desk.counts(AGENT)


async def test_changes_end_with_the_token(staffed: Staffed) -> None:
    """The stream hears that it is over, and ends with the reason."""
    issued = await staffed.roster.issue(ADMIN, AGENT, name="laptop")
    seq = (await staffed.desk("agent").hello()).seq
    changes = staffed.desk("agent", token=issued.token.id).changes(seq)
    await staffed.place.mail()
    assert (await anext(changes)).ticket is not None
    await staffed.roster.revoke(ADMIN, issued.token.id)
    with pytest.raises(SignedOut, match="was revoked"):
        await _to_the_end(changes)


async def test_changes_carry_ids_only(staffed: Staffed) -> None:
    """So that a reporter may hear them."""
    seq = (await staffed.desk("reporter").hello()).seq
    changes = staffed.desk("reporter").changes(seq)
    await staffed.place.mail("Where is my book?", subject="Overdue", sender="mina@example.org")
    told = await anext(changes)
    assert {type(value) for value in (told.seq, told.ticket, told.actor)} <= {int, str}
    assert "mina" not in repr(told).casefold()
    await changes.aclose()  # type: ignore[attr-defined]


async def test_a_full_store_gives_no_texts(staffed: Staffed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks is written before they see; where that can't be, nothing is shown, and a refusal stays one."""
    ticket = await staffed.place.mail()

    async def full(*args: object, **more: object) -> None:
        raise TryLater("The store can't be written just now.")

    monkeypatch.setattr(type(staffed.store), "write", full)
    with pytest.raises(TryLater):
        await staffed.desk("agent").thread(AGENT, ticket)
    with pytest.raises(NotAllowed):
        await staffed.desk("reporter").thread(REPORTER, ticket)


async def test_who_signs_in_first(staffed: Staffed) -> None:
    """The library's setting says what somebody new may do; with none they are not added, and told whom to ask."""
    joe = await staffed.at_the_terminal().sign_in(StaffId("joe"), name="Joe")
    assert joe.role is Role.LEAD
    staffed.place.desk._new_members = Role.AGENT
    assert (await staffed.at_the_terminal().sign_in(StaffId("kim"))).role is Role.AGENT
    staffed.place.desk._new_members = None
    with pytest.raises(NotFound, match=r"not on the list of staff.*helpdesk staff add zoe"):
        await staffed.at_the_terminal().sign_in(StaffId("zoe"))
    assert await staffed.store.read(_of_id, "zoe") == 0
    assert (await staffed.at_the_terminal().sign_in(ANA)).id == ANA


@pytest.mark.parametrize(("setting", "role"), [("lead", Role.LEAD), ("agent", Role.AGENT), ("", None)])
async def test_the_setting_reaches_the_desk(setting: str, role: Role | None) -> None:
    """``desk.new_members``, in the whole house."""
    async with town_of(desk=DeskSettings.model_validate({"new_members": setting})) as town:
        if role is None:
            with pytest.raises(NotFound, match="not on the list of staff"):
                await town.house.desk.sign_in(StaffId("joe"))
        else:
            assert (await town.house.desk.sign_in(StaffId("joe"))).role is role


async def _to_the_end(changes: AsyncIterator[Told]) -> None:
    async for _ in changes:
        pass


def _of_id(sql: Sql, name: str) -> int:
    """How many members have this id."""
    return len(sql("SELECT 1 FROM staff WHERE library = :library AND id = :id", id=name))
