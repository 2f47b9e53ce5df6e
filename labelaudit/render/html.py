"""The report as one self-contained page, made from the templates."""

from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError

from labelaudit.errors import InputError
from labelaudit.render import text
from labelaudit.render.alerts import alerts_of
from labelaudit.render.json import as_published
from labelaudit.render.templates import (
    PAGE,
    SHIPPED,
    check_override,
    content_policy,
    environment_of,
)
from labelaudit.report import MeasureResult, Report


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
        check_override(templates, shipped, report)
    environment = environment_of([templates, shipped] if templates is not None else [shipped])
    try:
        assets = {
            kind: environment.get_template(f"label.{kind}").render() for kind in ("css", "js")
        }
        page = environment.get_template(PAGE).render(
            report=report,
            families=_families(report),
            alerts=alerts_of(report),
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
