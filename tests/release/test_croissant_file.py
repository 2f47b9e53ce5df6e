"""A report in a Croissant file: what others wrote stays, ours is found again, readers accept it."""

import hashlib
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlcroissant
import pytest
from attacks import poisoned
from croissants import COMPACT, FILES, HUB, TABS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelaudit.errors import InputError
from labelaudit.json_ld import DQV, RAI, Context, context_of, parsed
from labelaudit.privacy import published
from labelaudit.release.croissant import attached, missing
from labelaudit.release.croissant.numbers import HEADLINES, headlines
from labelaudit.report import Report
from labelaudit.statements.croissant import MEASURED, croissant

sys.path.append(str(Path(__file__).parents[1] / "render"))
from reports import CASES, audited, full, nothing_measured

pytestmark = pytest.mark.filterwarnings("ignore")  # of what mlcroissant imports
CARRIED = {"report.json": b"{}\n", "label.svg": b"<svg/>"}
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+|[{}\[\]:]')
# The properties of the vocabulary https://github.com/mlcommons/croissant, docs/croissant_rai.ttl.
VOCABULARY = {
    *("dataCollection", "dataCollectionType", "dataCollectionMissingData", "dataCollectionRawData"),
    *("dataCollectionTimeframe", "dataPreprocessingProtocol", "dataImputationProtocol"),
    *("dataManipulationProtocol", "dataReleaseMaintenancePlan", "personalSensitiveInformation"),
    *("dataAnnotationProtocol", "dataAnnotationPlatform", "dataAnnotationAnalysis"),
    *("annotationsPerItem", "annotatorDemographics", "machineAnnotationTools"),
    *("dataSocialImpact", "dataBiases", "dataLimitations", "dataUseCases"),
}


def accepted(folder: Path, text: str) -> Any:  # noqa: ANN401 - what mlcroissant returns
    """Return the dataset that the reference implementation reads; it raises for any error."""
    file = folder / "croissant.json"
    file.write_text(text, encoding="utf-8", newline="")
    return mlcroissant.Dataset(str(file))


def nodes(found: object) -> list[dict[str, Any]]:
    """Return every object within something."""
    own = [found] if isinstance(found, dict) else []
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return own + [node for each in inner for node in nodes(each)]


def is_ours(value: object) -> bool:
    name = value.get("@id", "") if isinstance(value, dict) else ""
    return (isinstance(value, str) and value.startswith(MEASURED)) or (
        isinstance(name, str) and name.startswith("labelaudit/")
    )


def others(found: Any, context: Context, *, top: bool = True) -> Any:  # noqa: ANN401 - any JSON
    """Return a document without what is ours; lists of one are the one."""
    if isinstance(found, list):
        kept = [each for each in found if not is_ours(each) and each != f"{RAI}1.0"]
        kept = [others(each, context, top=False) for each in kept]
        return kept[0] if len(kept) == 1 else kept
    if not isinstance(found, dict):
        return found
    kept_ = {
        key: others(value, context, top=False)
        for key, value in found.items()
        if not (top and key == "@context")
    }
    return {key: value for key, value in kept_.items() if value != []}


@pytest.mark.parametrize("name", FILES)
def test_others_words_stay_as_they_are_written_and_in_their_order(name: str) -> None:
    before = FILES[name]
    after = attached(full(), before, CARRIED)
    tokens = iter(TOKEN.findall(after))
    assert all(token in tokens for token in TOKEN.findall(before))
    old, new = json.loads(before), json.loads(after)
    context = context_of(new)
    assert json.dumps(others(old, context)) == json.dumps(others(new, context))
    assert [key for key in new if key in old] == list(old)
    assert {**new["@context"], **old["@context"]} == new["@context"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("make", [full, audited, nothing_measured])
def test_a_second_run_changes_no_byte(name: str, make: Any) -> None:  # noqa: ANN401 - a report's maker
    once = attached(make(), FILES[name], CARRIED)
    assert attached(make(), once, CARRIED) == once
    assert once != FILES[name]


@pytest.mark.parametrize("name", FILES)
def test_another_report_takes_the_place_of_the_one_before(name: str) -> None:
    once = attached(full(), FILES[name], CARRIED)
    changed = attached(audited(), once, {"report.json": b"new"})
    assert changed != once
    found = {n["@id"] for n in nodes(json.loads(changed)) if is_ours(n) and "sha256" in n}
    assert found == {"labelaudit/report.json"}
    back = attached(full(), changed, CARRIED)
    assert json.loads(back) == json.loads(once) or sorted(TOKEN.findall(back)) == sorted(
        TOKEN.findall(once)
    )


@pytest.mark.parametrize("name", FILES)
def test_the_reference_implementation_accepts_the_files(name: str, tmp_path: Path) -> None:
    accepted(tmp_path, FILES[name])
    found = accepted(tmp_path, attached(full(), FILES[name], CARRIED))
    assert not found.metadata.ctx.issues.errors
    version = "1.0" if FILES[name].count("croissant/1.0") else "1.1"
    assert found.metadata.ctx.conforms_to.value == f"http://mlcommons.org/croissant/{version}"
    assert {"labelaudit/report.json", "labelaudit/label.svg"} <= {
        each.id for each in found.metadata.distribution
    }


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("case", CASES)
def test_a_file_that_is_made_is_accepted(case: str, version: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a literal
    text = attached(CASES[case](), None, CARRIED, version=version)
    found = accepted(tmp_path, text)
    assert not found.metadata.ctx.issues.errors
    assert found.metadata.ctx.conforms_to.value.endswith(version)
    assert text.isascii()
    assert attached(CASES[case](), text, CARRIED) == text
    stated = {each.topic for each in CASES[case]().dataset.statements}
    assert ("license" in missing(text)) == ("license" not in stated)
    assert "datePublished" in missing(text)


def annotations(text: str) -> dict[str, Any]:
    """Return what is annotated, by the @id of its container and the annotation's own."""
    return {
        f"{node.get('@id')}: {each['@id']}": each["value"]
        for node in nodes(json.loads(text))
        for key in ("annotation", "cr:annotation", "croissant:annotation")
        for each in node.get(key, [])
        if is_ours(each)
    }


@pytest.mark.parametrize(("name", "label"), [("compact", "rows"), ("tabs", "items")])
def test_the_label_field_carries_the_numbers_from_version_1_1_on(name: str, label: str) -> None:
    report = full()
    found = annotations(attached(report, FILES[name], CARRIED))
    field = {"rows": "rows/label", "items": "items/class"}[label]
    wanted: dict[str, Any] = {f"{label}: labelaudit/items": report.dataset.n_items}
    for measure, value in headlines(report):
        own = f"{field}: labelaudit/{measure}/{value.name}"
        ends = {"": value.value, "/low": value.low, "/high": value.high}
        wanted |= {own + end: number for end, number in ends.items() if number is not None}
    assert found == wanted
    assert len(found) > 10


def test_the_reference_implementation_reads_the_numbers(tmp_path: Path) -> None:
    report = audited()
    found = accepted(tmp_path, attached(report, COMPACT, CARRIED))
    (records,) = found.metadata.record_sets
    assert [each.value for each in records.annotations] == [report.dataset.n_items]
    _, label = records.fields
    numbers = {each.id: each.value for each in label.annotations}
    for measure, value in headlines(report):
        assert numbers[f"labelaudit/{measure}/{value.name}"] == value.value


def test_a_file_of_version_1_0_has_no_annotations() -> None:
    assert annotations(attached(full(), HUB, CARRIED)) == {}


def test_a_label_that_is_not_told_by_its_type_leaves_the_numbers_to_the_record_set() -> None:
    text = HUB.replace("croissant/1.0", "croissant/1.1")
    containers = {key.partition(": ")[0] for key in annotations(attached(full(), text, CARRIED))}
    assert containers == {"default"}


def test_numbers_that_stand_in_the_wrong_place_by_now_are_removed() -> None:
    once = attached(full(), COMPACT, CARRIED)
    moved = once.replace('["sc:Text","cr:Label"]', '"sc:Text"').replace(
        '"rows/text","dataType":"sc:Text"', '"rows/text","dataType":["sc:Text","cr:Label"]'
    )
    found = annotations(attached(full(), moved, CARRIED))
    assert {key.partition(": ")[0] for key in found} == {"rows", "rows/text"}


@pytest.mark.parametrize("name", FILES)
def test_quality_measurements_are_the_numbers_of_the_report(name: str) -> None:
    report = audited()
    document = json.loads(attached(report, FILES[name], CARRIED))
    context = context_of(document)
    by_name = {each["@id"]: each for each in nodes(document) if "/quality/" in str(each.get("@id"))}
    for measure, value in headlines(report):
        node = by_name.pop(f"labelaudit/quality/{measure}/{value.name}")
        plain = {k if k[0] == "@" else context.local(k): each for k, each in node.items()}
        assert context.iri(plain["@type"]) == f"{DQV}QualityMeasurement"
        assert plain[f"{DQV}value"] == value.value
        assert plain.get("minValue") == value.low
        assert plain.get("maxValue") == value.high
    assert not by_name
    assert f"sha256:{report.dataset.digest}" in json.dumps(document)


def test_headlines_are_names_of_the_tool() -> None:
    source = "".join(
        file.read_text(encoding="utf-8")
        for file in Path(__file__).parents[2].glob("labelaudit/measures/**/*.py")
    )
    for measure, names in HEADLINES:
        assert f"def {measure}(" in source
        for name in names:
            assert name.removeprefix("class_flips_") in source, name


def test_words_go_under_properties_of_the_vocabulary_only() -> None:
    assert len(VOCABULARY) == 20
    for make in CASES.values():
        for text in (*FILES.values(), None):
            document = json.loads(attached(make(), text, CARRIED))
            before = {} if text is None else json.loads(text)
            context = context_of(document)
            new = {context.iri(key) for key in document if key not in before and key[0] != "@"}
            rai = {iri.removeprefix(RAI) for iri in new if iri.startswith(RAI)}
            assert rai <= VOCABULARY
            assert rai or make is nothing_measured or make().measures == ()


def test_what_a_user_wrote_of_the_dataset_stays_beside_what_was_measured() -> None:
    document = json.loads(attached(audited(), COMPACT, CARRIED))
    biases = document["rai:dataBiases"]
    assert biases[0] == "Only day-time photographs."
    assert all(each.startswith(MEASURED) for each in biases[1:])
    assert biases[1:]
    assert document["rai:annotationsPerItem"] == "3"


def test_a_prefix_that_stands_for_something_else_is_not_used() -> None:
    document = json.loads(attached(full(), TABS, CARRIED))
    assert document["@context"]["rai"] == "https://example.org/something-else#"
    assert f"{RAI}dataLimitations" in document
    assert "cr" not in document["@context"]
    assert any(str(node.get("@type")) == "croissant:FileObject" for node in nodes(document))
    assert not any(key.startswith("cr:") for node in nodes(document) for key in node)


def test_files_are_listed_with_their_hashes() -> None:
    listed = {
        node["name"]: node
        for node in nodes(json.loads(attached(full(), HUB, CARRIED)))
        if is_ours(node) and "sha256" in node
    }
    assert listed.keys() == CARRIED.keys()
    for name, content in CARRIED.items():
        assert listed[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert listed[name]["contentSize"] == f"{len(content)} B"
    assert listed["label.svg"]["encodingFormat"] == "image/svg+xml"


@pytest.mark.parametrize("name", FILES)
def test_the_style_of_the_file_is_kept(name: str) -> None:
    before, after = FILES[name], attached(full(), FILES[name], CARRIED)
    assert after.endswith(before[len(before.rstrip()) - 1 :])
    assert ("\n" in after) == ("\n" in before)
    assert after.count("\r\n") == (after.count("\n") if "\r" in before else 0)
    if name == "tabs":
        assert not re.search(r"^ ", after, re.MULTILINE)
    if name == "compact":
        assert '": ' not in re.sub(r'"(?:[^"\\]|\\.)*"(?!:)', '""', after)


def test_what_labelaudit_wrote_is_no_statement_of_the_makers() -> None:
    text = attached(audited(), COMPACT, CARRIED)
    before = {each.topic: each.text for each in croissant(COMPACT, "croissant.json")}
    after = {each.topic: each.text for each in croissant(text, "croissant.json")}
    assert after == before
    assert "license" in before


def test_a_public_report_brings_back_nothing() -> None:
    report = full()
    closed = published(report, "public")
    paths = {
        sample.path
        for result in report.measures
        for gallery in result.galleries
        for sample in gallery.samples
    }
    assert paths
    for existing in (None, COMPACT):
        text = attached(closed, existing, CARRIED)
        assert not [path for path in paths if path in text]


@given(start=st.integers(0, 60), name=st.sampled_from([None, *FILES]))
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_hostile_reports_make_strict_json(start: int, name: str | None) -> None:
    existing = None if name is None else FILES[name]
    text = attached(poisoned(full(), start), existing, CARRIED)
    document = parsed(text, "croissant.json")
    new = text if existing is None else text.replace("naïve café", "")
    assert new.isascii()
    assert "\\u202e" not in text
    ids = [node["@id"] for node in nodes(document) if isinstance(node.get("@id"), str)]
    assert not [each for each in ids if re.search(r"\s", each)]
    assert attached(poisoned(full(), start), text, CARRIED) == text


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    foreign=st.dictionaries(st.text(max_size=8).map("x:{}".format), JSON, max_size=6),
    indent=st.sampled_from([None, 0, 1, 4, "\t"]),
    is_ascii=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_any_foreign_keys_survive(
    foreign: dict[str, object], indent: int | str | None, *, is_ascii: bool
) -> None:
    before = json.dumps({"@type": "Dataset", **foreign}, indent=indent, ensure_ascii=is_ascii)
    after = attached(full(), before, CARRIED)
    new = json.loads(after)
    assert {key: new[key] for key in foreign} == foreign
    assert [key for key in new if key in foreign] == list(foreign)
    tokens = iter(TOKEN.findall(after))
    assert all(token in tokens for token in TOKEN.findall(before))
    assert attached(full(), after, CARRIED) == after


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1, column 1: no JSON"),
        ("[]", "found a list where an object should be"),
        ('{"a": 1, "a": 2}', "key 'a' twice"),
        ('{"a": NaN}', "NaN is no number"),
        ("{" * 3, "no JSON"),
        ('{"a":' * 100 + "1" + "}" * 100, "nested more than"),
        ("[" * 100_000, "no JSON that can be read"),
        ('{"distribution": "files.zip"}', "distribution: found a text where an object"),
        ('{"recordSet": [1]}', "recordSet: found a number where an object"),
        ('{"a": 1' + "0" * 5000 + "}", "no JSON that can be read"),
    ],
)
def test_what_is_no_croissant_file_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)) as error:
        attached(full(), text, CARRIED)
    assert str(error.value).startswith("croissant.json: ")
    assert "\nhint: " in str(error.value)


def test_a_context_that_is_a_text_or_a_list_keeps_what_it_says() -> None:
    for context in ("https://schema.org/", ["https://schema.org/", {"x": "https://example.org/"}]):
        text = json.dumps({"@context": context, "@type": "Dataset", "name": "n"})
        document = json.loads(attached(full(), text, CARRIED))
        kept = context if isinstance(context, list) else [context]
        assert document["@context"][: len(kept)] == kept
        assert {"cr", "dqv", "rai"} <= document["@context"][-1].keys()
        once = json.dumps(document)
        assert attached(full(), once, CARRIED) == once


def test_a_number_that_is_no_longer_measured_goes() -> None:
    once = attached(full(), COMPACT, CARRIED)
    none = json.loads(attached(nothing_measured(), once, {}))
    left = [each for each in nodes(none) if is_ours(each)]
    assert [each["@id"] for each in left] == ["labelaudit/items"]


def _with(report: Report, **facts: object) -> Report:
    return replace(report, dataset=replace(report.dataset, **facts))  # type: ignore[arg-type]


def test_columns_of_a_table_are_described_only_where_they_are_known() -> None:
    why = (
        "image column 'a \\'b\\'.png': as asked for",
        "label column 'y': the only one of the usual names",
    )
    report = _with(full(), format="table", manifest="items.csv", why=why, splits={})
    _, record_set = json.loads(attached(report, None, {}))["recordSet"]
    columns = [each["source"].get("extract") for each in record_set["field"]]
    assert {"column": "a 'b'.png"} in columns
    assert {"column": "y"} in columns
    for facts in ({"why": ()}, {"task": "multilabel"}, {"manifest": "a.csv, b.csv"}):
        assert "recordSet" not in json.loads(attached(_with(report, **facts), None, {}))
