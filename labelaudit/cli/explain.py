"""``labelaudit explain``: a measure's definition."""

from typing import Annotated

import typer


def explain(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A measure; without one, all are listed.")
    ] = "",
) -> None:
    """Print a measure's definition, formula, range and source."""
    import inspect

    from labelaudit.errors import InputError
    from labelaudit.measures import describe, load_measures, summary
    from labelaudit.report import FAMILIES

    measures = load_measures()
    if not name:
        for measure_name, function in measures.items():
            typer.echo(f"{measure_name:<26} {summary(function)}")
        return
    if name not in measures:
        raise InputError(
            f"explain {name}: no such measure", hint=f"there are {', '.join(measures)}"
        )
    about = describe(measures[name])
    typer.echo(f"{about.title} ({name}), family {FAMILIES[about.family]}\n")
    typer.echo(inspect.getdoc(measures[name]))
