"""The wording of automatic texts: ours, the library's own over it, and how what can't be sent is refused."""

from __future__ import annotations

import pytest

from helpdesk.errors import BadConfig, Refused
from helpdesk.noise.concerns import PRIORITY, Concern
from helpdesk.noise.texts import ANONYMOUS, LONGEST, STAND_INS, Filling, Texts, filled
from helpdesk.noise.texts_file import ONE, names, texts_from_toml
from helpdesk.places import TomlText
from helpdesk.segments import segments
from helpdesk.zones.plan import LONGEST_NAME

NOISE = Filling(kind="noise", sealed=True, library="Kingsway Library", zones=("Level 3, silent", "Café"))
ENQUIRY = Filling(kind="enquiry", sealed=False, library="Kingsway Library")
LINES = {"noiseline": NOISE, "texts": ENQUIRY}

APPROVED = """
[texts]
crisis_fire = { text = "Leave now. Call 999.", approved_by = "Head of Safety", approved_on = 2026-09-01 }
"""


def written(text: str, **lines: Filling) -> dict[str, Texts]:
    """The texts of a library's file."""
    return texts_from_toml(TomlText("texts.toml", text), lines or LINES)


def refused(text: str, **lines: Filling) -> list[str]:
    """What is said of a file that can't be used."""
    with pytest.raises(BadConfig) as error:
        written(text, **lines)
    return str(error.value).splitlines()


def test_ours_fit_with_the_longest_of_everything() -> None:
    """A long library's name, zone and call, on sealed lines: still one text each, in the phones' own alphabet."""
    found = texts_from_toml(
        None,
        {
            kind: Filling(kind=kind, sealed=True, library="L" * 40, call="c" * 40, zones=("z" * LONGEST_NAME,))
            for kind in ("noise", "enquiry")
        },
    )
    for texts in found.values():
        for wording in texts.wordings.values():
            size = segments(filled(wording.template, texts.filling.longest))
            assert (size.encoding, size.parts) == ("GSM-7", 1)


def test_what_stands_in_is_no_longer_than_what_is_checked() -> None:
    """Where hours or an opening are not known, the text is no longer for it."""
    for name, stand_in in STAND_INS.items():
        assert name == "zone" or len(stand_in) <= len(LONGEST[name])


def test_a_text_is_filled() -> None:
    """Zone, hours, library; and what is not known is said in other words."""
    texts = texts_from_toml(None, LINES)
    assert "We went to Level 3, silent:" in texts["noiseline"].say("quiet", zone="Level 3, silent")
    assert "We went to your area:" in texts["noiseline"].say("quiet", zone="")
    assert "Staffed until 19:00." in texts["noiseline"].say("first", hours="until 19:00")
    assert "Kingsway Library" in texts["texts"].say("help")
    assert not texts["texts"].sends("first"), "a question is answered by a person, unless the library wants a greeting"
    assert "{" not in "".join(texts["noiseline"].say(name) for name in names("noise") if not name.startswith("crisis_"))


def test_only_a_sealed_line_says_that_it_is_anonymous() -> None:
    """The same wording on an open line promises nothing that is not kept, and leaves no gap."""
    sealed = texts_from_toml(None, {"n": NOISE})["n"].say("first")
    opened = texts_from_toml(None, {"n": Filling(kind="noise", sealed=False, library="Kingsway")})["n"].say("first")
    assert ANONYMOUS in sealed
    assert "number" not in opened
    assert "  " not in opened


def test_names_are_written_in_the_phones_alphabet() -> None:
    """A zone that GSM-7 can't spell is told by its look-alike: it makes no text of 70 characters."""
    said = texts_from_toml(None, LINES)["noiseline"].say("quiet", zone="Llŷn – silent")
    assert "Llyn - silent" in said
    assert segments(said).encoding == "GSM-7"


def test_no_text_tells_of_other_texters() -> None:
    """Who joins an incident learns that it is seen to, and not that others have texted."""
    for name in ("joined", "first", "quiet", "spoken_to", "moved", "security"):
        said = texts_from_toml(None, LINES)["noiseline"].say(name).casefold()
        assert not {"other", "others", "somebody else", "also", "too many", "several"} & set(said.split())


# The library's own


def test_a_line_has_its_own_over_all_lines_over_ours() -> None:
    """[texts.LINE], then the line's greeting, then [texts], then the program's."""
    own = '[texts]\nfirst = "All."\nquestion = "Where?"\n[texts.noiseline]\nfirst = "Noise."\n'
    texts = written(own)
    assert (texts["noiseline"].say("first"), texts["texts"].say("first")) == ("Noise.", "All.")
    assert texts["noiseline"].say("question") == "Where?"
    greeting = Filling(kind="enquiry", sealed=False, library="K", greeting="Hello.")
    assert written(own, noiseline=NOISE, texts=greeting)["texts"].say("first") == "Hello."


def test_an_empty_text_is_never_sent() -> None:
    """So a library can do without one."""
    texts = written('[texts]\nfirst = ""\n')["noiseline"]
    assert not texts.sends("first")
    assert texts.sends("question")
    with pytest.raises(Refused, match="is empty"):
        texts.say("first")


def test_no_crisis_text_is_sent_before_it_is_approved() -> None:
    """Ours are drafts; the library's own without an approval is one, too."""
    for texts in (texts_from_toml(None, LINES), written('[texts]\ncrisis_fire = "Leave now."\n')):
        assert texts["noiseline"].unapproved == PRIORITY
        with pytest.raises(Refused, match="not approved"):
            texts["noiseline"].say("crisis_fire")


def test_an_approved_crisis_text_is_sent() -> None:
    """With who approved it and when beside it."""
    texts = written(APPROVED)["noiseline"]
    assert texts.approved(Concern.FIRE)
    assert texts.say("crisis_fire") == "Leave now. Call 999."
    assert Concern.FIRE not in texts.unapproved


def test_a_later_wording_takes_the_approval_away() -> None:
    """A line's own crisis text over an approved one needs an approval of its own."""
    texts = written(APPROVED + '[texts.noiseline]\ncrisis_fire = "Run."\n')
    assert not texts["noiseline"].approved(Concern.FIRE)
    assert texts["texts"].approved(Concern.FIRE)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ('fist = "x"', "fist: there is no such text; did you mean 'first'?"),
        ("first = 3", "first: write some text in quotes, not 3"),
        ('first = "Go to {zon}."', "first: {zon} is not known; did you mean 'zone'?"),
        ('first = "Go to {zone"', "first: a brace stands alone; "),
        ('first = "It’s…"', 'first: ’ … would make it a text of 70 characters; write "It\'s..."'),
        ('first = "Где"', "first: Г д е would make it a text of 70 characters; nothing in the phones' own alphabet"),
        ('crisis_fire = { text = "Out!" }', "crisis_fire.approved_by: is missing; add it"),
        (
            'crisis_fire = { text = "Out!", approved_by = "A", approved_on = "soon" }',
            "crisis_fire.approved_on: write a date such as 2026-12-24, not 'soon'",
        ),
        (
            'crisis_fire = { text = "Out!", approved_by = "A", approved_on = 2026-09-01, aproved = "B" }',
            "crisis_fire.aproved: is not a known key; did you mean 'approved_on'?",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_the_remedy(key: str, said: str) -> None:
    """File, line, key, and what to write instead."""
    (line,) = refused(f"[texts]\n{key}\n")
    assert line.startswith(f"texts.toml:2: texts.{said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[texts.nosie]\nfirst = "x"', ":1: texts.nosie: there is no line of texts called so; known: noiseline, texts"),
        ('[texts.texts]\njoined = "x"', ":2: texts.texts.joined: there is no such text; known: "),
        ('[text]\nfirst = "x"', ":1: text: is not known; write [texts], or [texts.LINE] for one line"),
        ("texts = 3", ":1: texts: write a table of keys here, not 3"),
        ("[texts\n", ":1: this is not TOML: "),
    ],
)
def test_tables_are_of_lines_that_there_are(text: str, said: str) -> None:
    """What belongs nowhere is not left out in silence."""
    (line,) = refused(text)
    assert line.startswith(f"texts.toml{said}")


def test_a_text_that_fits_only_a_short_zone_is_refused() -> None:
    """The longest name of the plan decides, and the error says what takes the room."""
    own = f'[texts]\nquiet = "{{zone}} {"x" * 140}"\n'
    assert written(own, n=Filling(kind="noise", sealed=True, library="K", zones=("Level 3",)))
    (said,) = refused(own, n=Filling(kind="noise", sealed=True, library="K", zones=("Level 3", "Z" * 30)))
    assert said.startswith(
        f"texts.toml:2: texts.quiet: filled for line n it has 171 characters, and one text holds {ONE}"
    )
    assert "{zone} takes 30" in said


def test_everything_wrong_is_told_at_once() -> None:
    """A line each, none twice."""
    said = refused('[texts]\nfist = "x"\nquestion = "{where}"\n[texts.noiseline]\nhelp = "…"\n')
    assert [line.split(": ")[1] for line in said] == ["texts.fist", "texts.question", "texts.noiseline.help"]
