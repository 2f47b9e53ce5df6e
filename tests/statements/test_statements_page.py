"""The page on papers says what is read, and its example is so."""

import re
from pathlib import Path

from labelaudit.report import TOPICS
from labelaudit.statements import KINDS, read_papers
from labelaudit.statements.croissant import PROPERTIES, RAI
from labelaudit.statements.dataset_card import KEYS
from labelaudit.statements.headings import HEADINGS

PAGE = (Path(__file__).parents[2] / "docs/statements.md").read_text(encoding="utf-8")
ROWS = {
    title: next(line for line in PAGE.splitlines() if line.startswith(f"| {title} |"))
    for title in TOPICS.values()
}


def test_the_example_is_so(tmp_path: Path) -> None:
    (card,) = re.findall(r"```markdown README.md\n(.*?)```", PAGE, flags=re.DOTALL)
    (expected,) = re.findall(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    found = read_papers(tmp_path).statements
    said = [f"{TOPICS[each.topic]}: {each.text} ({each.source})" for each in found]
    assert said == expected.splitlines()


def test_every_file_is_named() -> None:
    table = PAGE.partition("## Topics")[0].lower()
    for name in (name for kind in KINDS for name in kind.names):
        stem, _, suffix = name.partition(".")
        also = f"`{stem}`" in table and f"`.{suffix}`" in table
        assert f"`{name}`" in table or also, name


def test_every_heading_of_a_topic_is_named() -> None:
    for topic, keys in HEADINGS.items():
        row = ROWS[TOPICS[topic]].lower().replace("(s)", "").replace("…", "...")
        for key in keys:
            variants = {key, key.removesuffix("s"), key.replace("out of scope", "out-of-scope")}
            variants |= {key.replace("will be", "is").replace(" and leaderboards", "")}
            variants |= {key.replace("this dataset", "the dataset")}
            assert any(each in row for each in variants), key


def test_every_property_and_key_is_named() -> None:
    for topic, properties in PROPERTIES.items():
        for iri in properties:
            name = f"rai:{iri.removeprefix(RAI)}" if RAI in iri else iri.rpartition("/")[2]
            apart = name in PAGE.partition("Three names")[2].partition("## An example")[0]
            assert f"`{name}`" in ROWS[TOPICS[topic]] or apart, name
    for topic, keys in KEYS.items():
        for key in keys:
            assert f"`{key}`" in ROWS[TOPICS[topic]], key
