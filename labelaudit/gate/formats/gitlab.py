"""What a gate says as a code quality report of GitLab."""

import json
from typing import Final

from labelaudit.gate.formats.listing import Level, entries_of
from labelaudit.gate.formats.said import cut
from labelaudit.gate.outcome import Outcome
from labelaudit.render import text

MOST_ENTRIES: Final = 5_000
MOST_CHARACTERS: Final = 1_000  # of a description
SEVERITIES: Final[dict[Level, str]] = {"error": "major", "warning": "minor", "note": "info"}


def to_gitlab(outcome: Outcome) -> str:
    """Return an outcome as the JSON array that GitLab's code quality widget reads.

    Every entry has a fingerprint of its own: of two that have the same, one would be dropped.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    entries = [
        {
            "description": cut(entry.words, MOST_CHARACTERS),
            "check_name": entry.rule.name,
            "fingerprint": entry.fingerprint,
            "severity": SEVERITIES[entry.level],
            "location": {
                "path": text.visible(entry.place.path),
                "lines": {"begin": max(entry.place.line or 1, 1)},
            },
        }
        for entry in entries_of(outcome, MOST_ENTRIES)
    ]
    return json.dumps(entries, indent=1) + "\n"
