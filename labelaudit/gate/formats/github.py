"""What a gate says as workflow commands, which GitHub shows as annotations."""

from typing import Final

from labelaudit.gate.formats.listing import (
    Entry,
    finding_entries,
    first,
    ruling_entries,
    worst_first,
)
from labelaudit.gate.formats.said import cut, headline
from labelaudit.gate.outcome import Outcome
from labelaudit.render import text

MOST_OF_A_KIND: Final = 10  # annotations that a step may have
MOST_CHARACTERS: Final = 1_000  # of a message
TITLE: Final = {"title": "labelaudit"}
COMMANDS: Final = {"error": "error", "warning": "warning", "note": "notice"}


def to_commands(outcome: Outcome) -> str:
    """Return an outcome as lines for the standard output of a workflow's step.

    Of errors, warnings and notices, each, there are at most so many as GitHub shows; where there
    are more, the last one says how many. What counts against no rule is counted, and not named.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    rulings, ranked = ruling_entries(outcome), worst_first(outcome)
    lines = []
    for level, name in COMMANDS.items():
        of_rulings = [entry for entry in rulings if entry.level == level]
        found = [pair for pair in ranked if pair[0] == level != "note"]
        room = MOST_OF_A_KIND - 2 * (level == "note")
        total = len(of_rulings) + len(found)
        some = first(found, max(room - len(of_rulings) - (total > room), 0))
        lines += _of_kind(name, [*of_rulings, *finding_entries(outcome, some)], total, room)
    lines.append(_command("notice", TITLE, headline(outcome)))
    n_notes = sum(level == "note" for level, _ in ranked)
    if n_notes:
        counted = text.counted(n_notes, "finding")
        lines.append(_command("notice", TITLE, f"{counted} against no rule, in issues.csv"))
    return "".join(f"{line}\n" for line in lines)


def _of_kind(name: str, entries: list[Entry], total: int, room: int) -> list[str]:
    """Return the first commands of a kind, the last of which counts what is left."""
    if total <= room:
        return [_of_entry(name, entry) for entry in entries]
    more = f"{total - room + 1:,} more; gate.json and issues.csv name them"
    shown = [_of_entry(name, entry) for entry in entries[: room - 1]]
    return [*shown, _command(name, TITLE, more)]


def _of_entry(name: str, entry: Entry) -> str:
    where = {"file": entry.place.path}
    if entry.place.line is not None:
        where["line"] = str(max(entry.place.line, 1))
    return _command(name, {**where, "title": f"labelaudit: {entry.rule.title}"}, entry.words)


def _command(name: str, properties: dict[str, str], message: str) -> str:
    """Return a command; nothing in its texts ends it or begins another."""
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {said}::{_data(message)}"


def _data(words: str) -> str:
    shown = cut(text.visible(words), MOST_CHARACTERS).replace("##", "# #")
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
