"""The options of a gate, which ``gate`` and ``scan --gate`` both have."""

from pathlib import Path
from typing import Annotated, Literal

import typer

POLICY = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="TOML file with a table [gate]; that of labelaudit.toml or pyproject.toml if not "
        "given, else the report's own limits.",
    ),
]
BASELINE = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="What is known already: rules on findings then count new ones alone.",
    ),
]
UPDATE_BASELINE = Annotated[
    bool,
    typer.Option(
        "--update-baseline",
        help="Accept what is found now: write the baseline, labelaudit-baseline.json when none is "
        "named.",
    ),
]
ALLOW_DRIFT = Annotated[
    bool,
    typer.Option(
        "--allow-drift", help="Take a baseline that was made with another model or other settings."
    ),
]
MODE = Annotated[
    Literal["block", "assure"] | None,
    typer.Option(
        help="For every limit: block fails only where the whole interval is beyond it, assure "
        "passes only where it is within."
    ),
]
ON_INCONCLUSIVE = Annotated[
    Literal["pass", "fail"] | None,
    typer.Option(help="What an interval that holds its limit does; by the mode if not given."),
]
EXIT_ZERO = Annotated[
    bool, typer.Option("--exit-zero", help="End with 0 where the gate fails, too.")
]
FORMATS_HELP = (
    "json (when none is given), sarif, junit, gitlab, summary, comment or badge; github prints "
    "annotations. Can be given again."
)
