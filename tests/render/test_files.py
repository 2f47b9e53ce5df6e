"""What the document of the files says is so."""

from pathlib import Path

from reports import full

from labelaudit.limits import STARTING_LIMITS
from labelaudit.render.files import RENDERINGS, rendered_files
from labelaudit.render.judgements import SIGNS, WORDS, bound

DOCUMENT = (Path(__file__).parents[2] / "docs" / "report.md").read_text(encoding="utf-8")


def test_every_rendering_is_made_and_documented() -> None:
    made = rendered_files(full())
    assert list(made) == list(RENDERINGS)
    assert all(made.values())
    assert [name for name in made if f"`{name}`" not in DOCUMENT] == []


def test_only_the_files_asked_for_are_made() -> None:
    assert list(rendered_files(full(), names=["card.md", "label.svg"])) == ["label.svg", "card.md"]


def test_the_starting_limits_are_documented() -> None:
    table = DOCUMENT.partition("## The starting limits")[2].partition("## ")[0]
    limits = {line.split(" | ")[1] for line in table.splitlines() if line.startswith("| ")}
    assert limits - {"limit", "---"} == {
        bound(limit) + (" of items" if limit.of_items else "") for limit in STARTING_LIMITS
    }


def test_every_verdict_is_documented() -> None:
    for verdict, word in WORDS.items():
        assert f"| {SIGNS[verdict]} {word} |" in DOCUMENT
