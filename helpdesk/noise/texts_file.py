"""Reads the wording of what lines text by themselves, and checks each text as it will go out. Pure.

A text that is filled with the longest that can occur must be one segment of the phones' own alphabet: what is sent on
its own costs no more than that, and its length surprises nobody later. Everything wrong is told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from helpdesk.errors import BadConfig
from helpdesk.noise.texts import CRISIS, MARK, PLACEHOLDERS, Filling, Texts, Wording, Wordings, defaults, filled
from helpdesk.places import TomlText, line_of, lines
from helpdesk.segments import lookalikes, plain_gsm, segments
from helpdesk.tables import Table, WrongKey, nearest

ONE = 160
"""What one text holds, in units of the phones' own alphabet."""


def texts_from_toml(given: TomlText | None, fillings: Mapping[str, Filling]) -> dict[str, Texts]:
    """The texts of every line that ``fillings`` names: those of ``given``, the library's file, over our own.

    BadConfig, with a line for everything that is wrong: the file, the line in it, the key and the remedy.
    """
    base = _ours()
    own = _Own(given, base, fillings)
    found = {name: Texts(wordings=own.over(name, filling), filling=filling) for name, filling in fillings.items()}
    unfit = (said for name, texts in found.items() for said in _unfit(name, texts))
    if problems := tuple(dict.fromkeys((*own.problems, *unfit))):
        raise BadConfig("\n".join(problems))
    return found


def names(kind: str | None = None) -> tuple[str, ...]:
    """The names of all texts that a line of a kind can have; of every line, where no kind is given."""
    base = _ours()
    return tuple(dict.fromkeys(name for each in base if kind in {None, each} for name in base[each]))


@cache
def _ours() -> Mapping[str, Wordings]:
    """Our own wording, by kind of line. Read once: it comes with the program."""
    text = defaults()
    found = lines(text.text)
    return {
        kind: {
            name: Wording(template=template, origin=f"{text.name}:{line_of(found, (kind, name))}: {kind}.{name}")
            for name, template in table.items()
        }
        for kind, table in text.values().items()
    }


def _kind(filling: Filling) -> str:
    return "noise" if filling.kind == "noise" else "enquiry"


class _Own:
    """The library's own file, and what is wrong with it."""

    def __init__(self, given: TomlText | None, base: Mapping[str, Wordings], fillings: Mapping[str, Filling]) -> None:
        self.problems: list[str] = []
        self._base = base
        self._fillings = fillings
        self._all: dict[str, Wording] = {}
        self._by_line: dict[str, dict[str, Wording]] = {}
        if given is not None:
            self._text = given
            values = given.values()
            self._found = lines(given.text)
            self._read(values)

    def over(self, line: str, filling: Filling) -> Wordings:
        """What holds for a line: ours, then the file's for all lines, the line's greeting, the file's for the line."""
        known = self._base[_kind(filling)]
        greeting = {"first": Wording(template=filling.greeting, origin=f"lines.{line}.greeting")}
        above = {name: each for name, each in self._all.items() if name in known}
        return {**known, **above, **(greeting if filling.greeting else {}), **self._by_line.get(line, {})}

    def _read(self, values: Mapping[str, object]) -> None:
        for key in values:
            if key != "texts":
                self._say(WrongKey(f"{key}: is not known; write [texts], or [texts.LINE] for one line", (key,)))
        try:
            texts = Table("texts", values.get("texts", {}))
        except WrongKey as error:
            self._say(error)
            return
        every = tuple(dict.fromkeys(name for wordings in self._base.values() for name in wordings))
        for name in texts.names():
            if isinstance(texts.value(name), dict) and name not in every:
                self._line(name, texts)
            else:
                self._one(name, texts, every, self._all)

    def _line(self, name: str, texts: Table) -> None:
        if name not in self._fillings:
            known = nearest(name, self._fillings)
            self._say(texts.wrong(name, f"there is no line of texts called so; {known}"))
            return
        table = texts.table(name)
        known_names = tuple(self._base[_kind(self._fillings[name])])
        for each in table.names():
            self._one(each, table, known_names, self._by_line.setdefault(name, {}))

    def _one(self, name: str, table: Table, known: tuple[str, ...], found: dict[str, Wording]) -> None:
        try:
            if name not in known:
                raise table.wrong(name, f"there is no such text; {nearest(name, known)}")
            found[name] = self._wording(name, table)
        except WrongKey as error:
            self._say(error)

    def _wording(self, name: str, table: Table) -> Wording:
        origin = f"{self._text.name}:{line_of(self._found, (*table.path, name))}: {table.where}.{name}"
        value = table.value(name)
        if not name.startswith(CRISIS) or not isinstance(value, dict):
            return Wording(template=_template(table, name), origin=origin)
        inner = table.table(name)
        wording = Wording(
            template=_template(inner, "text"),
            origin=origin,
            approved_by=inner.text("approved_by"),
            approved_on=inner.day("approved_on"),
        )
        inner.finish()
        return wording

    def _say(self, error: WrongKey) -> None:
        self.problems.append(self._text.said(error))


def _template(table: Table, key: str) -> str:
    """A template; "" is one that is never sent."""
    return "" if table.value(key) == "" else table.text(key)


# What a text must be, to be sent


def _unfit(line: str, texts: Texts) -> Iterator[str]:
    longest = texts.filling.longest
    for wording in texts.wordings.values():
        for remedy in _remedies(line, wording.template, longest):
            yield f"{wording.origin}: {remedy}"


def _remedies(line: str, template: str, longest: Mapping[str, str]) -> Iterator[str]:
    if odd := segments(template).odd:
        yield f"{' '.join(odd)} would make it a text of 70 characters; {_offer(template)}"
    unknown = [mark for mark in MARK.findall(template) if mark not in PLACEHOLDERS]
    for mark in unknown:
        yield f"{{{mark}}} is not known; {nearest(mark, PLACEHOLDERS)}"
    if "{" in (rest := MARK.sub("", template)) or "}" in rest:
        yield "a brace stands alone; a placeholder is written {zone}, and no other braces are"
    elif not unknown and (used := segments(filled(template, longest)).used) > ONE:
        yield (
            f"filled for line {line} it has {used} characters, and one text holds {ONE}: "
            f"shorten it{_room(template, longest)}, or write a shorter one in the file that the setting `texts` names"
        )


def _offer(template: str) -> str:
    stuck = [offer.odd for offer in lookalikes(template) if offer.like is None]
    if stuck:
        return f"nothing in the phones' own alphabet is like {' '.join(stuck)}: leave it out"
    return f'write "{plain_gsm(template)}"'


def _room(template: str, longest: Mapping[str, str]) -> str:
    """What the placeholders of a template take, the longest first."""
    marks = sorted({mark for mark in MARK.findall(template) if longest[mark]}, key=lambda mark: -len(longest[mark]))
    parts = [f"{{{mark}}} takes {len(plain_gsm(longest[mark]))}" for mark in marks]
    return f" ({', '.join(parts)})" if parts else ""
