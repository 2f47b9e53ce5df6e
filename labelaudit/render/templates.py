"""Where templates are found, and the environment that they run in."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from labelaudit.errors import InputError, some
from labelaudit.render import svg, text
from labelaudit.render.charts import DRAWINGS
from labelaudit.render.charts.bars import bars_of
from labelaudit.render.charts.rows import one_pair
from labelaudit.render.facts import hero
from labelaudit.render.galleries import numeric, pictured, unpictured
from labelaudit.report import Report

PAGE: Final = "label.html"
SHIPPED: Final = (
    Path(__file__).parents[1] / "templates",  # in the wheel
    Path(__file__).parents[2] / "templates",  # in the checkout
)


def environment_of(folders: Sequence[Path]) -> SandboxedEnvironment:
    """Return the environment of the templates: everything escaped, nothing undefined."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    del environment.filters["safe"]  # a template has no means to print a text unescaped
    environment.globals |= DRAWINGS
    environment.globals |= {
        "alternative": text.alternative,
        "bars_of": bars_of,
        "counted": text.counted,
        "heading": text.heading,
        "hero": hero,
        "interval": text.interval,
        "label": svg.label,
        "number": text.number,
        "numeric": numeric,
        "one_pair": one_pair,
        "pictured": pictured,
        "share_of": text.share_of,
        "splits": text.splits,
        "unpictured": unpictured,
    }
    return environment


def _finalize(printed: object) -> object:
    """Make what would not show visible, in everything that a template prints."""
    if isinstance(printed, str) and not isinstance(printed, Markup):
        return text.visible(printed)
    return printed


def content_policy(*, style: str, script: str) -> str:
    """Return the content security policy: this style, this script, images from data only."""
    hashes = (
        base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        for source in (style, script)
    )
    return (
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; "
        "base-uri 'none'; form-action 'none'"
    ).format(*hashes)


def check_override(templates: Path, shipped: Path, report: Report) -> None:
    """Refuse a folder that would change nothing."""
    names = {str(file.relative_to(shipped)) for file in shipped.rglob("*.*")}
    names |= {f"measures/{result.name}.html" for result in report.measures}
    if not templates.is_dir():
        raise InputError(
            f"{templates}: no folder of templates is there",
            hint="check the path for a typing error",
        )
    found = sorted(str(file.relative_to(templates)) for file in templates.rglob("*.*"))
    if not names & set(found):
        raise InputError(
            f"{templates}: replaces no template; found {some(found) or 'nothing'}",
            hint=f"there are {', '.join(sorted(names))}",
        )
