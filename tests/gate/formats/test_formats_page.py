"""What the document of the formats says is so."""

import re
from pathlib import Path

import yaml
from outcomes import gated

from labelaudit.gate.files import COMMANDS, FORMATS
from labelaudit.gate.formats.gate_json import MOST_FINDINGS
from labelaudit.gate.formats.github import MOST_OF_A_KIND
from labelaudit.gate.formats.gitlab import MOST_ENTRIES
from labelaudit.gate.formats.junit import MOST_NAMED
from labelaudit.gate.formats.rules import NOT_SHOWN
from labelaudit.gate.formats.sarif import MOST_RESULTS
from labelaudit.gate.formats.summary import COMMENT_ROWS, SUMMARY_ROWS, marker
from labelaudit.render.files import RENDERINGS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
MOST = {
    "json": MOST_FINDINGS,
    "sarif": MOST_RESULTS,
    "junit": MOST_NAMED,
    "gitlab": MOST_ENTRIES,
    COMMANDS: MOST_OF_A_KIND,
    "summary": SUMMARY_ROWS,
    "comment": COMMENT_ROWS,
}


def test_every_format_is_there_with_its_files_and_where_it_is_cut() -> None:
    rows = [line.split(" | ") for line in DOCUMENT.splitlines() if line.startswith("| `")]
    by_format = {row[0].strip("| `"): row for row in rows if len(row) == 4}
    for name, files in FORMATS.items():
        row = by_format[name]
        assert re.findall(r"`([^`]+)`", row[1]) == list(files)
        if name in MOST:
            assert row[3].startswith(f"{MOST[name]:,} ")


def test_what_the_document_names_is_so() -> None:
    assert f"`{NOT_SHOWN}`" in DOCUMENT
    assert "metrics.json" in RENDERINGS
    outcome = gated()
    assert marker(outcome).partition(":")[0] in DOCUMENT
    examples = re.findall(r"```yaml\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    named = re.findall(r"labelaudit-report/([\w.-]+)", DOCUMENT)
    known = {name for files in FORMATS.values() for name in files} | set(RENDERINGS)
    assert set(named) <= known
    assert all(yaml.safe_load(example) for example in examples)
