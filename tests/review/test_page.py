"""The page: offline, and nothing on it says which label was given, or what a name contains."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import html5lib
import pytest
from pet_photos import asked, plan

from labelaudit.review.page import COLUMNS, to_csv, to_page
from labelaudit.review.plan import Plan
from labelaudit.spreadsheet import read_cells

LOOK: dict[str, object] = {"webp": "AAAA", "width": 32, "height": 20}
HOSTILE = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "gpj\u202eexe.\u2066",
    "{{ 7 * 7 }}{% raw %}",
    "]]><!--",
    "=HYPERLINK(1)",
    "x" * 200,
    "line\nbreak",
]


def page_of(drawn: Plan, modality: str = "image", look: dict[str, object] = LOOK) -> str:
    names = {name for item in drawn.items for name in (item.given_label, item.suggested_label)}
    examples = {name: [look] for name in sorted(names - {""})}
    return to_page(drawn, [look] * len(drawn.items), examples, modality)


def data_of(page: str) -> Any:  # noqa: ANN401 - any JSON
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    return json.loads(found)


def elements(page: str, name: str) -> list[Any]:
    return list(html5lib.parse(page, namespaceHTMLElements=False).iter(name))


def test_nothing_on_the_page_tells_stratum_or_score() -> None:
    drawn = plan(asked("1.png", stratum=3))
    (item,) = data_of(page_of(drawn))["items"]
    assert set(item) == {"cells", "given", "suggested", "swapped", "look"}
    assert item["cells"] == [drawn.items[0].content, "1.png", "cat", "dog"]
    for word in ("stratum", "strata", "score", "label_margin", "probability"):
        assert word not in page_of(drawn)


def test_labels_are_swapped_at_random_and_the_same_each_time() -> None:
    drawn = plan(*(asked(f"{number}.png") for number in range(200)))
    swapped = [item["swapped"] for item in data_of(page_of(drawn))["items"]]
    assert swapped == [item["swapped"] for item in data_of(page_of(drawn))["items"]]
    assert 70 < sum(swapped) < 130
    lone = plan(*(asked(f"{number}.png", suggested_label="") for number in range(20)))
    items = data_of(page_of(lone))["items"]
    assert not any(item["swapped"] for item in items)
    assert {item["suggested"] for item in items} == {-1}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(name: str) -> None:
    drawn = plan(asked(name, given_label=name, suggested_label=name + "2"), name=name)
    look: dict[str, object] = {"text": name, "cut": 0}
    page = page_of(drawn, "text", look)
    assert len(elements(page, "script")) == 2
    assert elements(page, "img") == []
    assert not [
        key for node in html5lib.parse(page).iter() for key in node.attrib if key[:2] == "on"
    ]
    data = data_of(page)
    assert data["items"][0]["cells"][1:] == [name, name, name + "2"]
    assert data["items"][0]["look"] == look
    assert "\u202e" not in page
    assert "49" not in elements(page, "title")[0].text
    assert not re.search("[\u202e\u2066\n]", data["classes"][0]["name"])


def test_the_policy_allows_this_style_and_this_script_and_nothing_else() -> None:
    page = page_of(plan())
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    style, script = elements(page, "style")[0].text, elements(page, "script")[1].text
    for source, kind in ((style, "style"), (script, "script")):
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{kind}-src &#39;sha256-{digest}&#39;" in policy
    assert policy.startswith("default-src &#39;none&#39;")
    assert not [node for node in html5lib.parse(page).iter() if "style" in node.attrib]


def test_the_page_names_no_other_place() -> None:
    assert not re.search(r"(?:https?:)?//[a-z]", page_of(plan()).replace("<!-- ", ""))


@pytest.mark.parametrize(("kind", "said"), [("audit", "drawn at random"), ("fix", "list of fixes")])
def test_the_page_says_what_its_judgements_are_for(kind: str, said: str) -> None:
    page = page_of(plan(kind=kind))
    assert said in page
    assert ("says nothing of the rate of errors" in page) == (kind == "fix")


def test_the_sheet_has_the_same_items_and_is_read_back(tmp_path: Path) -> None:
    drawn = plan(*(asked(name, given_label=name, suggested_label=name) for name in HOSTILE))
    file = tmp_path / "review.csv"
    file.write_text(to_csv(drawn), encoding="utf-8", newline="")
    cells = read_cells(file, COLUMNS)
    assert [row["path"] for _, row in cells.rows] == HOSTILE
    assert [row["suggested_label"] for _, row in cells.rows] == HOSTILE
    assert {row["verdict"] + row["reviewer"] for _, row in cells.rows} == {""}
