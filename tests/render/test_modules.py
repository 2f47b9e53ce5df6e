"""The seven modules of the first label: each is there, and says how much of it is known."""

from dataclasses import replace

import html5lib
from reports import full

from labelaudit.measures import load_measures
from labelaudit.render.html import to_html
from labelaudit.render.modules import MEASURES, modules_of
from labelaudit.report import MeasureResult, Report, Statement

NAMES = (
    *("Metadata", "Provenance", "Variables", "Statistics", "Pair plots"),
    *("Probabilistic model", "Ground truth correlations"),
)


def result(name: str, status: str = "measured", reason: str = "") -> MeasureResult:
    return MeasureResult(
        name=name,
        family="label_noise",
        title=name.replace("_", " "),
        summary="",
        status=status,  # type: ignore[arg-type]
        reason=reason,
    )


def report_of(*measures: MeasureResult) -> Report:
    return replace(full(), measures=measures)


def test_the_modules_are_those_of_the_first_label_in_its_order() -> None:
    assert tuple(module.name for module in modules_of(full())) == NAMES


def test_measures_of_modules_are_measures() -> None:
    named = {name for names in MEASURES.values() for name in names}
    assert named <= set(load_measures())


def test_a_module_counts_its_measures_with_a_result() -> None:
    modules = modules_of(
        report_of(result("detector_skill", "failed", "broke"), result("label_noise"))
    )
    model = modules[5]
    assert model.known
    assert model.status == "1 of 2 measures with a result"
    assert [(place.id, place.measured) for place in model.places] == [
        ("label_noise", True),
        ("detector_skill", False),
    ]


def test_a_module_without_a_result_says_why_and_one_without_measures_too() -> None:
    modules = modules_of(
        report_of(
            result("audited_labels", "not_measured", "no person judged any label"),
            result("annotator_agreement", "not_measured", "no annotators"),
            result("consensus_risk", "not_measured", "no annotators"),
        )
    )
    assert not modules[6].known
    assert modules[6].status == "not measured: no person judged any label; no annotators"
    assert modules[3].status == "not measured: no such measure was run"
    assert not modules[3].known


def test_metadata_counts_the_topics_that_are_stated() -> None:
    report = full()
    said = Statement(topic="version", text="1", source="VERSION")
    stated = replace(report, dataset=replace(report.dataset, statements=(said,)))
    assert modules_of(stated)[0].status == "counted; 1 of 12 topics stated"
    unembedded = replace(report, embedding=None)
    assert modules_of(unembedded)[1].status == "recorded by the scan; no model was used"


def test_every_link_of_a_module_leads_to_a_section_of_the_page() -> None:
    for report in (full(), report_of()):
        page = html5lib.parse(to_html(report), namespaceHTMLElements=False)
        ids = {element.get("id") for element in page.iter()}
        (section,) = (each for each in page.iter("section") if each.get("id") == "modules")
        links = [each.get("href").removeprefix("#") for each in section.iter("a")]
        assert links
        assert set(links) <= ids
        assert len([each for each in section.iter("dt") if each.text in NAMES]) == len(NAMES)
