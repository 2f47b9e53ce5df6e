"""The files that a gate writes, by the name of their format."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final

from labelaudit.gate.formats.badge import to_badge_json, to_badge_svg
from labelaudit.gate.formats.gate_json import to_gate_json
from labelaudit.gate.formats.github import to_commands
from labelaudit.gate.formats.gitlab import to_gitlab
from labelaudit.gate.formats.junit import to_junit
from labelaudit.gate.formats.sarif import to_sarif
from labelaudit.gate.formats.summary import to_comment, to_summary
from labelaudit.gate.outcome import Outcome
from labelaudit.gate.published import as_written

Writer = Callable[[Outcome], str]

COMMANDS: Final = "github"  # a format that is printed, not written
FORMATS: Final[Mapping[str, Mapping[str, Writer]]] = MappingProxyType(
    {
        "json": {"gate.json": to_gate_json},
        "sarif": {"gate.sarif": to_sarif},
        "junit": {"gate-junit.xml": to_junit},
        "gitlab": {"gl-code-quality-report.json": to_gitlab},
        "summary": {"gate-summary.md": to_summary},
        "comment": {"gate-comment.md": to_comment},
        "badge": {"badge.json": to_badge_json, "badge.svg": to_badge_svg},
        COMMANDS: {},
    }
)


def gate_files(outcome: Outcome, formats: Collection[str] = ("json",)) -> dict[str, bytes]:
    """Return the files of some formats, by their names.

    Parameters
    ----------
    outcome
        What the gate says; of a public report, no file names an item.
    formats
        Names of `FORMATS`; ``github`` has no file, see `workflow_commands`.

    Raises
    ------
    KeyError
        When there is no such format.
    """
    written = as_written(outcome)
    writers = {name: write for each in formats for name, write in FORMATS[each].items()}
    return {name: write(written).encode() for name, write in writers.items()}


def workflow_commands(outcome: Outcome) -> str:
    """Return what a step of a GitHub workflow prints for its annotations.

    Print it as it is: its lines are commands, and nothing in them is another.

    Parameters
    ----------
    outcome
        What the gate says.
    """
    return to_commands(as_written(outcome))
