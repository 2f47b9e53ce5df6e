"""What the user declares a cell to mean, because datasets disagree about it."""

from collections.abc import Mapping, Sequence

from labelaudit.reading.cells import INTEGER, Coded
from labelaudit.reading.rows import Problems


def check_minus_one(
    columns: Mapping[str, Coded], states: Mapping[str, str], problems: Problems
) -> None:
    """Note ``-1`` among whole numbers: it means unlabelled to some, uncertain to others."""
    values = {value for coded in columns.values() for value in coded.values if value not in states}
    if "-1" in values and all(INTEGER.fullmatch(value) for value in values):
        for name, coded in columns.items():
            if "-1" in coded.values:
                problems.cells(
                    coded.rows({"-1"}),
                    f"{name}: -1 may mean unlabelled or be a class",
                    'say which with --label-states "-1=unlabelled" or "-1=positive"',
                )


def check_states(states: Mapping[str, str], allowed: Sequence[str], problems: Problems) -> None:
    """Note declared meanings that the cells of this manifest cannot have."""
    for text, meaning in states.items():
        if meaning not in allowed:
            problems.note(
                f"--label-states {text}={meaning}: here a cell can mean {', '.join(allowed)}",
                "change --label-states",
            )
