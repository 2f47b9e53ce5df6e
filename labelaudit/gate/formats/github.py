"""What a gate says as workflow commands, which GitHub shows as annotations."""

from typing import Final

from labelaudit.gate.formats.listing import Entry, entries_of
from labelaudit.gate.formats.said import cut, headline
from labelaudit.gate.outcome import Outcome
from labelaudit.render import text

MOST_OF_A_KIND: Final = 10  # annotations that a step may have
MOST_CHARACTERS: Final = 1_000  # of a message
COMMANDS: Final = {"error": "error", "warning": "warning", "note": "notice"}


def to_commands(outcome: Outcome) -> str:
    """Return an outcome as lines for the standard output of a workflow's step.

    Of errors, warnings and notices, each, there are so many as GitHub shows; the last one says how
    many more there are.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    entries = entries_of(outcome, len(outcome.rulings) + len(outcome.findings) + 1)
    lines = []
    for level, name in COMMANDS.items():
        found = [entry for entry in entries if entry.level == level]
        first = [_command("notice", {"title": "labelaudit"}, headline(outcome))]
        commands = first if level == "note" else []
        room = MOST_OF_A_KIND - len(commands)
        shown = found if len(found) <= room else found[: room - 1]
        commands += [_of_entry(name, entry) for entry in shown]
        more = len(found) - len(shown)
        if more:
            said = f"{more:,} more; gate.json and issues.csv name them"
            commands.append(_command(name, {"title": "labelaudit"}, said))
        lines += commands
    return "".join(f"{line}\n" for line in lines)


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
