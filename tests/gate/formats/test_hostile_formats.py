"""Every text of an outcome is an attack, and every format writes it as text."""

import json
import re
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
import pytest
from attacks import PAYLOADS, poisoned, replaced
from junitparser import JUnitXml
from markdown_it import MarkdownIt
from outcomes import OUTCOMES, gated
from published import CODE_QUALITY, ENDPOINT, problems, sarif_schema

from labelaudit.gate.files import FORMATS, gate_files
from labelaudit.gate.formats.gate_json import gate_schema
from labelaudit.gate.outcome import Outcome
from labelaudit.render import text

PROBES = [(name, start, True) for name in OUTCOMES for start in (0, 11, 23)]
PROBES += [("gated", 7, False), ("folders", 29, False)]
MARKDOWN = {"gate-summary.md", "gate-comment.md"}
# All that our Markdown is made of; a link, a picture or a raw element would be one more.
ELEMENTS = {
    *("html", "head", "body", "h2", "h3", "p", "ul", "li", "strong", "code", "span", "br"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}
ALIGNED = {"text-align:left", "text-align:right", "text-align:center"}

Probe = tuple[str, int, bool]


def outcome_of(probe: Probe) -> Outcome:
    name, start, keep_names = probe
    return poisoned(OUTCOMES[name](), start, keep_names=keep_names)


@cache
def files_of(probe: Probe) -> dict[str, bytes]:
    return gate_files(outcome_of(probe), FORMATS)


def texts(thing: object) -> list[str]:
    if isinstance(thing, dict):
        return [each for pair in thing.items() for part in pair for each in texts(part)]
    if isinstance(thing, list):
        return [each for part in thing for each in texts(part)]
    return [thing] if isinstance(thing, str) else []


def assert_dead(markdown: str) -> None:
    """Assert that nothing of some Markdown is more than words, in code, lists and tables."""
    for reader in ("commonmark", "gfm-like"):
        page = MarkdownIt(reader, {"html": True}).enable("table").render(markdown)
        root = html5lib.parse(page, namespaceHTMLElements=False)
        for node in root.iter():
            if not isinstance(node.tag, str):
                continue  # the marker, a comment
            assert node.tag in ELEMENTS, node.tag
            assert all(key == "style" and value in ALIGNED for key, value in node.attrib.items())
    assert not re.search(r"(?<![`\w&#;>])@\w", markdown)


@pytest.mark.parametrize("probe", PROBES)
def test_nothing_in_markdown_is_alive(probe: Probe) -> None:
    for name in MARKDOWN:
        source = files_of(probe)[name].decode()
        assert not text.INVISIBLE.search(source.replace("\n", ""))
        assert_dead(source)
        assert not [line for line in source.splitlines() if line.strip().startswith("::")]
        assert "##[" not in source


@pytest.mark.parametrize("payload", PAYLOADS)
def test_one_attack_in_every_text_at_once_stays_text(payload: str) -> None:
    files = gate_files(replaced(gated(), payload), ["summary", "comment"])
    for source in files.values():
        assert_dead(source.decode())


@pytest.mark.parametrize("probe", PROBES)
def test_xml_has_no_character_that_it_may_not_have_and_comes_back(probe: Probe) -> None:
    files = files_of(probe)
    for name in ("gate-junit.xml", "badge.svg"):
        source = files[name].decode()
        assert not text.INVISIBLE.search(source.replace("\n", ""))
        assert "<!" not in source
        ET.fromstring(source)  # noqa: S314 - our own
    root = ET.fromstring(files["gate-junit.xml"])  # noqa: S314 - our own
    cases = [case for suite in JUnitXml.fromstring(files["gate-junit.xml"]) for case in suite]
    assert len(cases) == len(outcome_of(probe).rulings)
    tags = {"testsuites", "testsuite", "properties", "property", "testcase"}
    assert {each.tag for each in root.iter()} <= tags | {
        *("failure", "error", "skipped", "system-out")
    }


@pytest.mark.parametrize("probe", PROBES)
def test_a_picture_has_only_what_ours_have(probe: Probe) -> None:
    root = ET.fromstring(files_of(probe)["badge.svg"])  # noqa: S314 - our own
    tags = {str(each.tag).rpartition("}")[2] for each in root.iter()}
    assert tags == {"svg", "title", "rect", "path", "g", "text"}
    for each in root.iter():
        assert not [key for key in each.attrib if key.startswith("on") or "href" in key]


@pytest.mark.parametrize("probe", PROBES)
def test_json_is_plain_ascii_and_fits_its_schema(probe: Probe) -> None:
    schemas = {
        "gate.json": gate_schema(),
        "gate.sarif": sarif_schema(),
        "gl-code-quality-report.json": CODE_QUALITY,
        "badge.json": ENDPOINT,
    }
    for name, schema in schemas.items():
        source = files_of(probe)[name]
        assert source.isascii()
        document = json.loads(source, parse_constant=pytest.fail)
        assert problems(document, schema) == [], name
        if name != "gate.json":
            assert not [
                each for each in texts(document) if text.INVISIBLE.search(each.replace("\n", ""))
            ]


@pytest.mark.parametrize("probe", PROBES)
def test_the_outcome_comes_back_from_its_json(probe: Probe) -> None:
    outcome = outcome_of(probe)
    document = json.loads(files_of(probe)["gate.json"])
    assert [each["path"] for each in document["findings"]] == [
        each.path for each in outcome.findings
    ]
    assert [each["reason"] for each in document["rulings"]] == [
        each.reason for each in outcome.rulings
    ]


@pytest.mark.parametrize("probe", PROBES)
def test_no_message_of_sarif_has_a_link_a_placeholder_or_live_markdown(probe: Probe) -> None:
    [run] = json.loads(files_of(probe)["gate.sarif"])["runs"]
    messages: list[Any] = [each["message"] for each in run["results"]]
    messages += [each["message"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    rules = run["tool"]["driver"]["rules"]
    kinds = ("shortDescription", "fullDescription", "help")
    messages += [rule[kind] for rule in rules for kind in kinds]
    for message in messages:
        assert message["text"]
        assert "](" not in message["text"]
        bare = message["text"].replace("{{", "").replace("}}", "")
        assert not {"{", "}"} & set(bare)
    for rule in rules:
        assert_dead(rule["help"]["markdown"])


@pytest.mark.parametrize("probe", PROBES)
def test_no_artefact_has_a_path_that_leads_out(probe: Probe) -> None:
    [run] = json.loads(files_of(probe)["gate.sarif"])["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    paths = [place["artifactLocation"]["uri"] for place in places]
    listed = json.loads(files_of(probe)["gl-code-quality-report.json"])
    paths += [each["location"]["path"] for each in listed]
    for path in paths:
        assert not path.startswith("/")
        assert ".." not in path.split("/")


def test_a_poisoned_outcome_has_a_payload_in_every_text_but_its_own_names() -> None:
    document = json.loads(gate_files(replaced(gated(), "\ud800 marker"))["gate.json"])
    own = {"schema_version", "decision", "privacy", "mode", "better", "measure", "value", "unit"}

    def spared(thing: object, key: str = "") -> list[str]:
        if isinstance(thing, dict):
            return [each for name in thing for each in spared(thing[name], name)]
        if isinstance(thing, list):
            return [each for part in thing for each in spared(part, key)]
        return [f"{key}: {thing}"] if isinstance(thing, str) and "marker" not in thing else []

    assert not [each for each in spared(document) if each.partition(":")[0] not in own | {"name"}]
    names = {ruling["name"] for ruling in document["rulings"]}
    assert names == {"\ud800 marker"}
