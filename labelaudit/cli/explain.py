"""``labelaudit explain``: a measure's definition."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labelaudit.measures import Measure
    from labelaudit.report import Value


REPORT = Path("labelaudit-report/report.json")


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A measure, or what it prints, by name or title; without one, all are listed.",
        ),
    ] = "",
    *,
    report: Annotated[
        Path | None,
        typer.Option(help=f"The report.json that prints it; {REPORT.as_posix()} if not given."),
    ] = None,
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
    lines: tuple[str, ...] = ()
    wanted = [name] if name in measures else []
    if not wanted:
        printed = _printed(name, report)
        wanted = [found for found in measures if found in printed] or _speaking_of(name, measures)
        lines = tuple(line for found in wanted for line in printed.get(found, ()))
    if not wanted:
        raise InputError(
            f"explain {name}: no measure is called so, none speaks of it, and no report prints it",
            hint="name the report.json that does with --report, or one of " + ", ".join(measures),
        )
    for line in lines:
        typer.echo(f"{line}\n")
    for found in wanted:
        about = describe(measures[found])
        typer.echo(f"{about.title} ({found}), family {FAMILIES[about.family]}\n")
        typer.echo(inspect.getdoc(measures[found]))


def _printed(name: str, file: Path | None) -> dict[str, list[str]]:
    """Return the measures that print something of this name or title, with what it is."""
    from labelaudit.cli.files import read_report
    from labelaudit.render.fact_rows import every_row
    from labelaudit.render.judgements import bound

    def named(*names: str) -> bool:
        return wanted in map(str.casefold, names)

    wanted = name.casefold()
    found: dict[str, list[str]] = {row.measure: [] for row in every_row() if named(row.name)}
    if file is None and not REPORT.is_file():
        return found
    loaded = read_report(file or REPORT)
    limits = {
        (limit.measure, limit.value): bound(limit) + (" of items" if limit.of_items else "")
        for limit in loaded.limits
        if (limit.class_name, limit.split, limit.rise_at_most) == (None, None, None)
    }
    for result in loaded.measures:
        values = [value for value in result.values if named(value.name, value.title)]
        tables = (table for table in result.tables if named(table.name, table.title))
        columns = (each for table in result.tables for each in table.columns if named(each.name))
        galleries = (each for each in result.galleries if named(each.name, each.title))
        if values or any(tables) or any(columns) or any(galleries):
            found[result.name] = [
                _about(value, limits.get((result.name, value.name), "")) for value in values
            ]
    return found


def _about(value: "Value", limit: str) -> str:
    """Return what is known of a value beside its number."""
    better = "neither direction is" if value.better == "neither" else f"{value.better} is"
    of_interval = value.interval or f"none ({value.no_interval})"
    note = f"; {value.note}" if value.note else ""
    beside = f"; limit: {limit}" if limit else ""
    return f"{value.title} ({value.name}): {better} better; interval: {of_interval}{beside}{note}"


def _speaking_of(name: str, measures: "Mapping[str, Measure]") -> list[str]:
    """Return the measures whose documentation has a name, or its words."""
    import inspect
    import re

    words = re.compile(r"\b" + r"[\s_-]+".join(map(re.escape, name.split("_"))), re.IGNORECASE)
    return [at for at, function in measures.items() if words.search(inspect.getdoc(function) or "")]
