import json
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from attacks import replaced
from outcomes import OUTCOMES, gated, passed, rulings
from published import ENDPOINT, problems

from labelaudit.gate.files import gate_files
from labelaudit.gate.formats.badge import COLORS, GROUND, WIDEST
from labelaudit.gate.outcome import Outcome

SVG = "{http://www.w3.org/2000/svg}"
WHITE = "#ffffff"


def message(outcome: Outcome) -> str:
    document = json.loads(gate_files(outcome, ["badge"])["badge.json"])
    assert problems(document, ENDPOINT) == []
    assert document["isError"] == outcome.failed
    return str(document["message"])


def picture(outcome: Outcome) -> ET.Element:
    return ET.fromstring(gate_files(outcome, ["badge"])["badge.svg"])  # noqa: S314 - our own


def luminance(color: str) -> float:
    """Return the relative luminance of a color, as WCAG 2.2 defines it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_reference() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#ffffff", "#0072b2") == pytest.approx(5.19, abs=0.01)


@pytest.mark.parametrize("color", [*COLORS.values(), GROUND])
def test_text_stands_out_from_its_ground(color: str) -> None:
    assert contrast(WHITE, color) >= 4.5


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_picture_says_what_the_endpoint_says(name: str) -> None:
    outcome = OUTCOMES[name]()
    root = picture(outcome)
    said = ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]
    assert said == ["labels", message(outcome)]
    assert root.get("role") == "img"
    [title] = [each for each in root if each.tag == f"{SVG}title"]
    assert root.get("aria-labelledby") == title.get("id")
    assert message(outcome) in (title.text or "")
    grounds = {each.get("fill") for each in root.iter(f"{SVG}path")}
    assert grounds == {COLORS[outcome.decision], WHITE}


def test_an_audited_rate_is_told_from_one_that_a_model_estimates() -> None:
    assert message(gated()) == "FAIL, errors 3.12% (1.84% to 4.93%), audited"
    assert message(passed()) == "PASS, errors 4.12% (2.87% to 5.61%), not audited"
    assert message(OUTCOMES["unknown"]()) == "FAIL, errors not measured"


@pytest.mark.parametrize(("change", "word"), [(True, "FAIL"), (False, "INCONCLUSIVE")])
def test_what_is_inconclusive_fails_where_the_gate_does(*, change: bool, word: str) -> None:
    ruling = replace(rulings()[0], fails=change)
    assert message(replace(gated(), rulings=(ruling,))).startswith(word)


WRITERS: tuple[Callable[[Outcome], Outcome], ...] = (
    lambda outcome: replaced(outcome, "<script>alert(1)</script>"),
    lambda outcome: replaced(outcome, "\N{FULLWIDTH LATIN CAPITAL LETTER W}" * 500),
)


@pytest.mark.parametrize("change", WRITERS)
@pytest.mark.parametrize("name", OUTCOMES)
def test_it_stays_narrow_and_reaches_for_nothing(
    name: str, change: Callable[[Outcome], Outcome]
) -> None:
    root = picture(change(OUTCOMES[name]()))
    assert float(root.get("width", "")) <= WIDEST + 200
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags == {"svg", "title", "rect", "path", "g", "text"}
    for each in root.iter():
        assert not any(name.startswith("on") or "href" in name for name in each.attrib)
