"""The report as one self-contained page, made from the templates."""

from pathlib import Path

from labelaudit.limits import judged
from labelaudit.render.alerts import alerts_of
from labelaudit.render.classes import classes_of, columns_of
from labelaudit.render.gist import gist
from labelaudit.render.json import as_published
from labelaudit.render.judgements import WORDS, bound, of_gate, part_of, whose
from labelaudit.render.templates import PAGE, content_policy, rendered, template_files
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
        A folder with templates that replace the shipped ones of the same name.

    Raises
    ------
    InputError
        When a file of the folder replaces nothing, or a template cannot be rendered.
    """
    report = as_published(report)
    files = template_files(templates, report)
    assets = {kind: rendered(f"label.{kind}", files) for kind in ("css", "js")}
    families, absent = _families(report)
    return rendered(
        PAGE,
        files,
        {
            "report": report,
            "families": families,
            "absent": absent,
            "gist": gist(report),
            "alerts": alerts_of(report),
            "classes": classes_of(report),
            "sources": columns_of(report),
            "judgements": judged(report),
            "whose": whose(report),
            "bound": bound,
            "part_of": part_of,
            "of_gate": of_gate(report),
            "words_of": WORDS,
            "policy": content_policy(style=assets["css"], script=assets["js"]),
        },
    )


Families = list[tuple[str, list[MeasureResult]]]


def _families(report: Report) -> tuple[Families, Families]:
    """Return the measures by family, in the order in which the families first occur.

    Within a family, the audited rate and the measure of its name come first, those without a
    result last; families without any result are returned apart.
    """
    found: dict[str, list[MeasureResult]] = {}
    for result in report.measures:
        found.setdefault(result.family, []).append(result)
    families = [
        (family, sorted(results, key=lambda result: _place(family, result)))
        for family, results in found.items()
    ]
    absent = [family for family in families if all(map(_is_missing, family[1]))]
    return [family for family in families if family not in absent], absent


def _place(family: str, result: MeasureResult) -> tuple[bool, bool]:
    leading = result.name in {"audited_labels", family}
    return _is_missing(result), not leading


def _is_missing(result: MeasureResult) -> bool:
    return result.status == "not_measured"
