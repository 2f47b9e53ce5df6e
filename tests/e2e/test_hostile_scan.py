"""A real table of which every cell is an attack: it is measured, and shown as text."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import html5lib
import pyarrow.parquet as pq
from attacks import PAYLOADS

# Not in a table: what UTF-8 cannot hold, and a text longer than a label may be.
CELLS = tuple(each for each in PAYLOADS if each.isascii() or each.isprintable())[:-1]


def test_a_table_full_of_attacks_is_scanned_and_shown_as_text(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"{at} {payload}",
            "text": payload * 3,
            "label": CELLS[at % 9],
            "split": CELLS[at % 2],
            "group": payload,
            PAYLOADS[1]: CELLS[at % 5],
            "first": CELLS[at % 9],
            "second": CELLS[(at + at % 4) % 9],
        }
        for at, payload in enumerate(CELLS * 4)
    ]
    name = "<img src=x onerror=alert('name')>.jsonl"
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / name).write_text(lines, encoding="utf-8")
    command = [sys.executable, "-m", "labelaudit", "scan", name, "-o", "out", "-q"]
    command += ["--privacy", "full", "--metadata-column", PAYLOADS[1], "--group-column", "group"]
    command += ["--annotator-column", "first", "--annotator-column", "second"]
    done = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.decode()
    assert not [line for line in printed.splitlines() if line.strip().startswith("::")]
    assert not {"\x1b", "\x00", "\x07", "\r", "\u202e"} & set(printed)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    nodes = list(html5lib.parse(page, namespaceHTMLElements=False).iter())
    assert not [node for node in nodes if any(str(key).startswith("on") for key in node.attrib)]
    assert len([node for node in nodes if node.tag == "script"]) == 1
    written = (tmp_path / "out" / "issues.csv").read_text(encoding="utf-8")
    cells = [cell for row in csv.reader(io.StringIO(written, newline="")) for cell in row]
    assert any("alert(" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in set("=+@\t\r")]
    paths = pq.read_table(tmp_path / "out" / "items.parquet")["path"].to_pylist()
    assert sorted(paths) == sorted(str(row["id"]) for row in rows)
