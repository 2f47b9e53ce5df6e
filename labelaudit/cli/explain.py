"""``labelaudit explain``: a measure's definition."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labelaudit.measures import Measure


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A measure, or one of its values; without one, all are listed."
        ),
    ] = "",
) -> None:
    """Print a measure's definition, formula, range and source."""
    import inspect

    from labelaudit.errors import InputError
    from labelaudit.measures import describe, load_measures, summary
    from labelaudit.report import FAMILIES

    measures = load_measures()
    if not name:
        width = max(map(len, measures))
        for measure_name, function in measures.items():
            typer.echo(f"{measure_name:<{width}}  {summary(function)}")
        return
    wanted = [name] if name in measures else _speaking_of(name, measures)
    if not wanted:
        raise InputError(
            f"explain {name}: no measure is called so, and none speaks of it",
            hint=f"there are {', '.join(measures)}",
        )
    for found in wanted:
        about = describe(measures[found])
        typer.echo(f"{about.title} ({found}), family {FAMILIES[about.family]}\n")
        typer.echo(inspect.getdoc(measures[found]))


def _speaking_of(name: str, measures: "Mapping[str, Measure]") -> list[str]:
    """Return the measures whose documentation has a name, or its words."""
    import inspect
    import re

    words = re.compile(r"\b" + r"[\s_-]+".join(map(re.escape, name.split("_"))), re.IGNORECASE)
    return [at for at, function in measures.items() if words.search(inspect.getdoc(function) or "")]
