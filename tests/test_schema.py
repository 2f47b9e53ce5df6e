import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import labelaudit.schema
from labelaudit.schema import report_schema, schema_text

PUBLISHED = Path(labelaudit.schema.__file__).with_name("report-1.json")
GOLDEN = sorted(Path(__file__).parent.glob("render/golden/*/report.json"))


def closed() -> dict[str, Any]:
    """Return the schema with nothing allowed that it does not name."""
    schema: Any = report_schema()
    for part in schema["$defs"].values():
        part["additionalProperties"] = False
    return dict(schema)


def test_the_published_schema_is_that_of_the_report() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PUBLISHED.write_text(schema_text(), encoding="ascii")
    assert PUBLISHED.read_text(encoding="ascii") == schema_text()


def test_the_schema_is_a_schema_of_its_draft() -> None:
    jsonschema.Draft202012Validator.check_schema(report_schema())


def test_everything_in_the_schema_is_described() -> None:
    schema: Any = report_schema()
    for name, part in schema["$defs"].items():
        assert part["description"], name
        for key, found in part["properties"].items():
            assert found["description"], f"{name}.{key}"


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: str(file.parent.name))
def test_reports_fit_the_closed_schema(file: Path) -> None:
    jsonschema.Draft202012Validator(closed()).validate(json.loads(file.read_text()))


def test_there_are_reports_to_validate() -> None:
    assert len(GOLDEN) >= 4


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("schema_version", "2.0"),
        ("random_state", "zero"),
        ("measures", {}),
        ("dataset", None),
        ("thumbnails", {"a": 1}),
    ],
)
def test_what_is_no_report_does_not_fit(key: str, wrong: object) -> None:
    document = json.loads(GOLDEN[0].read_text()) | {key: wrong}
    assert not jsonschema.Draft202012Validator(report_schema()).is_valid(document)


def test_the_open_schema_lets_a_later_minor_version_through() -> None:
    document = json.loads(GOLDEN[0].read_text()) | {"schema_version": "1.9", "novelty": 1}
    assert jsonschema.Draft202012Validator(report_schema()).is_valid(document)
    assert not jsonschema.Draft202012Validator(closed()).is_valid(document)
