"""The report as one self-contained page, made from the templates."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from labelaudit.errors import InputError, some
from labelaudit.render import svg, text
from labelaudit.render.charts import DRAWINGS
from labelaudit.render.charts.bars import bars_of
from labelaudit.render.charts.rows import one_pair
from labelaudit.render.facts import hero
from labelaudit.render.json import as_published
from labelaudit.report import Column, Gallery, MeasureResult, Report, Sample, Scalar, Table

PAGE: Final = "label.html"
N_EXCERPTS: Final = 48  # texts of a gallery that are shown as they begin; the others in a table
SHIPPED: Final = (
    Path(__file__).parents[1] / "templates",  # in the wheel
    Path(__file__).parents[2] / "templates",  # in the checkout
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a reader must not miss."""

    kind: str
    measure: MeasureResult
    words: str


def to_html(report: Report, templates: Path | None = None) -> str:
    """Return a report as one HTML page that opens offline and needs no JavaScript.

    Every text of the report is escaped, the content security policy allows the page's own style
    and script by their hashes and nothing else, and templates run in a sandbox.

    Parameters
    ----------
    report
        Any report.
    templates
        A folder with templates that replace the shipped ones of the same name: ``label.html``,
        ``label.css``, ``label.js``, ``macros.html``, ``measures/<name>.html``.

    Raises
    ------
    InputError
        When the folder replaces nothing, or a template of it cannot be rendered.
    """
    report = as_published(report)
    shipped = next(folder for folder in SHIPPED if (folder / PAGE).is_file())
    if templates is not None:
        _check_override(templates, shipped, report)
    environment = _environment([templates, shipped] if templates is not None else [shipped])
    try:
        assets = {
            kind: environment.get_template(f"label.{kind}").render() for kind in ("css", "js")
        }
        page = environment.get_template(PAGE).render(
            report=report,
            families=_families(report),
            alerts=_alerts(report),
            policy=content_policy(style=assets["css"], script=assets["js"]),
        )
    except TemplateSyntaxError as error:
        raise InputError(
            f"{error.filename or error.name}: line {error.lineno}: {error.message}",
            hint="compare it with the shipped template of the same name",
        ) from error
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        if templates is None:
            raise
        raise InputError(
            f"{templates}: a template cannot be rendered; {text.visible(str(error))}",
            hint="compare it with the shipped template of the same name",
        ) from error
    return page


def _environment(folders: Sequence[Path]) -> SandboxedEnvironment:
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
        "numeric": _numeric,
        "one_pair": one_pair,
        "pictured": _pictured,
        "share_of": text.share_of,
        "splits": text.splits,
        "unpictured": _unpictured,
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


def _check_override(templates: Path, shipped: Path, report: Report) -> None:
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


def _families(report: Report) -> list[tuple[str, list[MeasureResult]]]:
    """Return the measures by family, in the order in which the families first occur.

    Within a family, the audited rate and the measure of its name come first, those without a
    result last.
    """
    found: dict[str, list[MeasureResult]] = {}
    for result in report.measures:
        found.setdefault(result.family, []).append(result)
    return [
        (family, sorted(results, key=lambda result: _place(family, result)))
        for family, results in found.items()
    ]


def _place(family: str, result: MeasureResult) -> tuple[bool, bool]:
    leading = result.name in {"audited_labels", family}
    return result.status == "not_measured", not leading


def _alerts(report: Report) -> list[Alert]:
    """Return what failed, then every note of a measure."""
    failed = [
        Alert(kind="Failed", measure=result, words=result.reason or "no reason was given")
        for result in report.measures
        if result.status == "failed"
    ]
    return failed + [
        Alert(kind="Note", measure=result, words=note)
        for result in report.measures
        for note in result.notes
    ]


def _shown(gallery: Gallery, report: Report) -> list[Sample]:
    """Return the samples that have a thumbnail, and the first of those that have an excerpt."""
    excerpts = [sample for sample in gallery.samples if sample.excerpt is not None]
    shown = set(map(id, excerpts[:N_EXCERPTS]))
    return [
        sample
        for sample in gallery.samples
        if sample.thumbnail in report.thumbnails or id(sample) in shown
    ]


def _pictured(gallery: Gallery, report: Report) -> list[list[Sample]]:
    """Return the samples that are shown as they are, in runs of those that belong together."""
    samples = _shown(gallery, report)
    return [list(run) for _, run in groupby(samples, key=lambda sample: sample.group)]


def _unpictured(gallery: Gallery, report: Report) -> Table:
    """Return the other samples as a table, without columns that are empty."""
    shown = set(map(id, _shown(gallery, report)))
    samples = [sample for sample in gallery.samples if id(sample) not in shown]
    columns: dict[str, list[Scalar]] = {
        "path": [sample.path for sample in samples],
        "split": [sample.split for sample in samples],
        "given_label": [sample.given_label for sample in samples],
        "suggested_label": [sample.suggested_label for sample in samples],
        "score": [sample.score for sample in samples],
        "group": [sample.group for sample in samples],
        "detail": [sample.detail or None for sample in samples],
        "excerpt": [sample.excerpt for sample in samples],
    }
    title = "Without a picture" if report.dataset.modality == "image" else "More, as a table"
    used = {name: cells for name, cells in columns.items() if any(c is not None for c in cells)}
    return Table(
        name=gallery.name,
        title=title if shown else gallery.title,
        columns=tuple(Column(name=name) for name in used),
        rows=tuple(zip(*used.values(), strict=True)),
    )


def _numeric(table: Table) -> list[bool]:
    """Tell for each column of a table whether it holds numbers, so that they align."""
    return [
        any(row[number] is not None for row in table.rows)
        and not any(isinstance(row[number], str) for row in table.rows)
        for number in range(len(table.columns))
    ]
