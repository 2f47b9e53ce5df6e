"""The block in a card: where it goes, that it changes nothing else, and what it refuses."""

import io
import re
import sys
from dataclasses import replace
from pathlib import Path

import cmarkgfm
import html5lib
import pytest
from attacks import PAYLOADS, poisoned
from cmarkgfm.cmark import Options
from huggingface_hub import DatasetCard
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from labelaudit.errors import InputError
from labelaudit.privacy import published
from labelaudit.reading.folders import walk
from labelaudit.release.card.block import PICTURE, attached_card
from labelaudit.release.card.lines import front_matter_ends, lines_of
from labelaudit.release.card.picture import is_of, picture
from labelaudit.release.card.place import BEGIN, END, find_place
from labelaudit.release.card.put import block_in, with_block
from labelaudit.report import Report

sys.path.append(str(Path(__file__).parents[1] / "render"))
from reports import CASES, full

SAMPLE_CARD = Path(__file__).parents[2] / "sample_data" / "README.md"
PNG = picture(full())
SMALL = replace(full(), measures=(), thumbnails={})  # rendered in a moment
SMALL_PNG = picture(SMALL)
FRONT = "---\nlicense: mit\ntags: [a, b]\n---\n"
CARD = f"{FRONT}\n# Animals\n\nEight animals.\n\n## Uses\n\nMany.\n"


def attach(text: str, report: Report = SMALL) -> str:
    return attached_card(report, text.encode(), SMALL_PNG).text.decode()


def block_of(text: str) -> str:
    found = re.search(f"{re.escape(BEGIN)}.*{re.escape(END)}", text, re.DOTALL)
    assert found is not None
    return found[0]


def yaml_of(card: DatasetCard) -> dict[str, object]:
    found = card.data.to_dict()  # type: ignore[no-untyped-call]
    return dict(found)


def without_block(text: str) -> tuple[str, str]:
    """Return what stands before and after the block, without the blank lines around it."""
    before, _, after = text.partition(BEGIN)
    return before, after.partition(END)[2]


def test_the_block_stands_below_the_introduction_and_above_the_next_heading() -> None:
    before, after = without_block(attach(CARD))
    assert before == f"{FRONT}\n# Animals\n\nEight animals.\n\n"
    assert after == "\n\n## Uses\n\nMany.\n"


@pytest.mark.parametrize(
    ("card", "before"),
    [
        ("", ""),
        ("# Only a title", "# Only a title\n\n"),
        ("Words.\n\n## First\n\nx\n\n## Second\n", "Words.\n\n"),
        ("## Title\n\nx\n### Part\n\ny\n## Second\n", "## Title\n\nx\n### Part\n\ny\n\n"),
        ("Title\n=====\n\nx\n\nSecond\n------\n", "Title\n=====\n\nx\n\n"),
        (
            "# Title\n\n```\n# no heading\n```\n\n# Second\n",
            "# Title\n\n```\n# no heading\n```\n\n",
        ),
        ("# Title\n\n- # in a list\n\nx\n", "# Title\n\n- # in a list\n\nx\n\n"),
        (
            "# Title\n\n<details>\n\n## Inside\n\n</details>\n\n## After\n",
            "# Title\n\n<details>\n\n## Inside\n\n</details>\n\n",
        ),
        ("<h1>Title</h1>\n\nx\n\n## Uses\n", "<h1>Title</h1>\n\nx\n\n"),
        ("---\na: 1\n---\n## Title\nx\n## Uses\n", "---\na: 1\n---\n## Title\nx\n\n"),
        ("---\nno end\n\n# Title\n\nx\n\n## Uses\n", "---\nno end\n\n# Title\n\nx\n\n"),
        ("\ufeff# Title\n\nx\n\n## Uses\n", "\ufeff# Title\n\nx\n\n"),
    ],
)
def test_where_a_block_belongs(card: str, before: str) -> None:
    assert without_block(attach(card))[0] == before


def test_a_block_goes_where_its_markers_stand() -> None:
    card = f"# Animals\n\n## Uses\n\n{BEGIN}\nold\n{END}\nbelow\n"
    before, after = without_block(attach(card))
    assert (before, after) == ("# Animals\n\n## Uses\n\n", "\nbelow\n")
    # bare markers, as a person writes them
    short = "# Animals\n\n<!-- labelaudit:begin -->\n<!-- labelaudit:end -->"
    assert attach(short).startswith(f"# Animals\n\n{BEGIN}\n")
    assert attach(short).endswith(END)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_block_ends_its_lines_as_the_file_does(end: str) -> None:
    written = attach(CARD.replace("\n", end))
    assert set(re.findall(r"\r\n?|\n", written)) == {end}
    assert attach(CARD).replace("\n", end) == written


MARKDOWN = st.lists(
    st.sampled_from(
        [
            *("# One", "## Two", "### Three", "words", "", "", "- item", "> quote", "```", "~~~"),
            *("    code", "<details>", "</details>", "<!-- note -->", "<!-- open", "-->", "---"),
            *("===", "| a |", "<pre>", "</pre>", "\x85", "a\u2028b", "1. one", "\t# tab"),
        ]
    ),
    max_size=14,
)


BLOCK = f"{BEGIN}\n\n## Label facts\n\n| a |\n| --- |\n\n{END}"


@settings(max_examples=300, deadline=None)
@given(
    parts=MARKDOWN,
    end=st.sampled_from(["\n", "\r\n"]),
    ended=st.booleans(),
    yaml=st.booleans(),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_nothing_but_the_block_is_added_and_a_second_time_nothing(
    parts: list[str], end: str, *, ended: bool, yaml: bool, mark: str
) -> None:
    rest = FRONT.replace("\n", end) * yaml + end.join(parts) + end * ended
    lines = lines_of(rest)
    place = find_place(lines, "README.md")
    before, after = mark + "".join(lines[: place.first]), "".join(lines[place.last :])
    try:
        written = with_block(mark + rest, BLOCK)
    except InputError:
        assert {"```", "~~~", "<pre>", "<!-- open", "<details>", "</details>"} & set(parts)
        return
    assert written.startswith(before)
    assert written.endswith(after)
    added = written[len(before) : len(written) - len(after)]
    assert "\n".join(lines_of(added.strip())).split() == BLOCK.split()
    assert block_in(written) == BLOCK
    assert with_block(written, BLOCK) == written
    other = BLOCK.replace("Label", "Other")
    assert with_block(with_block(written, other), BLOCK) == written


@pytest.mark.parametrize("opened", ["```\ncode\n", "<!-- note\n", "<pre>\n", "~~~\n# T\n"])
def test_a_card_in_which_a_block_would_not_be_seen_is_refused(opened: str) -> None:
    with pytest.raises(InputError, match="would not be seen as Markdown"):
        attach(f"# Title\n\n{opened}")


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_lines_are_a_text_taken_apart(text: str) -> None:
    assert "".join(lines_of(text)) == text
    assert all(line for line in lines_of(text))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("case", CASES)
def test_the_hub_reads_the_same_yaml_before_and_after(case: str, end: str) -> None:
    text = SAMPLE_CARD.read_text(encoding="utf-8").replace("\n", end)
    before, after = DatasetCard(text), DatasetCard(attach(text, CASES[case]()))
    assert yaml_of(after) == yaml_of(before) != {}
    assert "## Label facts" in after.text
    assert "## Label facts" not in before.text


def test_a_card_of_what_was_measured_is_made_where_there_is_none() -> None:
    made = attached_card(full(), None, None)
    card = DatasetCard(made.text.decode())
    assert yaml_of(card)["size_categories"] == ["1K<n<10K"]
    assert yaml_of(card)["task_ids"] == ["multi-class-image-classification"]
    assert made.differences == ()
    again = attached_card(full(), made.text, made.picture)
    assert again == made


SOME = [
    payload if at % 4 == 0 else pytest.param(payload, marks=pytest.mark.slow)
    for at, payload in enumerate(PAYLOADS)
]


@pytest.mark.parametrize("payload", SOME)
def test_the_name_of_a_dataset_breaks_no_card(payload: str) -> None:
    report = replace(SMALL, dataset=replace(SMALL.dataset, name=payload))
    text = attached_card(report, None, SMALL_PNG).text.decode()
    card = DatasetCard(text)
    assert set(yaml_of(card)) == {
        *("pretty_name", "size_categories", "task_categories", "task_ids")
    }
    assert attach(text, report) == text


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 4))
def test_nothing_of_a_hostile_report_is_live_in_a_card(start: int) -> None:
    written = attach(CARD, poisoned(replace(full(), thumbnails={}), start))
    page = cmarkgfm.markdown_to_html_with_extensions(
        block_of(written), options=Options.CMARK_OPT_UNSAFE, extensions=["table", "autolink"]
    )
    tree = html5lib.parseFragment(page, namespaceHTMLElements=False)
    tags = {node.tag for node in tree.iter() if isinstance(node.tag, str)}
    assert tags <= {
        *("h2", "p", "strong", "code", "span", "table", "thead", "tbody", "tr", "th", "td", "img"),
        *("details", "summary", "DOCUMENT_FRAGMENT"),
    }
    assert [node.get("src") for node in tree.iter("img")] == [PICTURE]
    assert not [name for node in tree.iter() for name in node.attrib if name.startswith("on")]


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (f"{BEGIN}\n", "line 1: labelaudit:begin"),
        (f"x\n\n{END}\n", "line 3: labelaudit:end"),
        (f"{END}\n{BEGIN}\n", "line 1: labelaudit:end"),
        (f"{BEGIN}\n{BEGIN}\n{END}\n{END}\n", "line 2: labelaudit:begin"),
        (f"{BEGIN}\n{END}\n\n{BEGIN}\n{END}\n", "line 4: labelaudit:begin"),
        (f"{BEGIN}\n```\n{END}\n", "line 1: labelaudit:begin"),
        (f"- {BEGIN}\n- {END}\n", "line 1: a marker in a list or a quote"),
        (f"> {BEGIN}\n> {END}\n", "line 1: a marker in a list or a quote"),
        (f"{BEGIN} words\n{END}\n", "line 1: a marker that shares its line"),
        (f"words {BEGIN}\n\n{END}\n", "line 1 or below: a marker that shares its line"),
    ],
)
def test_markers_that_are_no_pair_are_refused_by_line(card: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        attach(card)
    assert said in str(raised.value)
    assert "README.md: the markers" in str(raised.value)


@pytest.mark.parametrize(
    "card",
    [
        f"# T\n\n```\n{BEGIN}\n{END}\n```\n",
        f"# T\n\n    {BEGIN}\n    {END}\n",
        f"# T\n\nwrite `{BEGIN}`\n",
        f"# T\n\n<!--\n{BEGIN}\n",  # the marker ends the comment
        f"# T\n\n<pre>\n{BEGIN}\n</pre>\n",
    ],
)
def test_markers_in_code_and_in_comments_are_none(card: str) -> None:
    written = attach(card)
    assert written.startswith(card)
    assert written.count(BEGIN) == 2


def test_a_card_that_is_no_utf8_is_refused() -> None:
    with pytest.raises(InputError, match="no UTF-8 at byte 5"):
        attached_card(full(), b"caf  \xe9", None)


def test_an_equal_scan_of_another_day_changes_neither_block_nor_picture() -> None:
    first = attached_card(SMALL, CARD.encode())
    later = replace(SMALL, run=replace(SMALL.run, started="2031-01-02T03:04:05+00:00"))
    again = attached_card(later, first.text, first.picture)
    assert (again.text, again.picture) == (first.text, first.picture)
    # unless something else is new, too
    other = replace(later, random_state=7)
    assert "on 2031-01-02" in attached_card(other, first.text, first.picture).text.decode()


def test_a_block_of_other_numbers_or_edited_by_hand_is_written_anew() -> None:
    written = attach(CARD)
    assert attach(written.replace("not measured", "best of all")) == written
    bigger = replace(SMALL, dataset=replace(SMALL.dataset, n_items=9_999_999))
    changed = attach(written, bigger)
    assert "9,999,999 items" in changed
    assert without_block(changed) == without_block(written)


def test_the_picture_says_what_it_was_drawn_from_and_is_a_picture() -> None:
    image = Image.open(io.BytesIO(PNG))
    image.load()
    assert image.width == 760
    assert is_of(PNG, full())
    other = replace(full(), dataset=replace(full().dataset, n_items=1))
    assert not is_of(PNG, other)
    assert not is_of(b"", full())
    assert attached_card(other, None, PNG).picture == picture(other)


def test_what_is_attached_beside_a_dataset_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.png").touch()
    alone = walk(tmp_path)
    (tmp_path / PICTURE).parent.mkdir()
    (tmp_path / PICTURE).write_bytes(SMALL_PNG)
    assert walk(tmp_path) == alone


def test_a_bundle_beside_the_card_is_linked_to_and_only_then() -> None:
    linked = attached_card(SMALL, CARD.encode(), SMALL_PNG, bundle=".labelaudit/a (b).zip").text
    assert b"](.labelaudit/a%20%28b%29.zip)" in linked
    assert attach(linked.decode()) == attach(CARD)


@pytest.mark.parametrize("case", sorted(set(CASES) - {"hostile"}))
def test_a_public_card_names_no_item(case: str) -> None:
    report = CASES[case]()
    written = attach(CARD, published(report, "public"))
    paths = {
        sample.path
        for result in report.measures
        for gallery in result.galleries
        for sample in gallery.samples
    }
    assert not [path for path in paths if len(path) > 3 and path in written]


@pytest.mark.parametrize(
    ("text", "yaml"),
    [
        ("---\na: 1\n---\nx", "a: 1\n"),
        ("---\r\na: 1\r\n---\r\n", "a: 1\r\n"),
        ("\n---\na: 1\n---", "a: 1\n"),
        ("---\n---\n", ""),
        ("---\na: 1\n", None),
        ("x\n---\na: 1\n---\n", None),
        ("", None),
    ],
)
def test_front_matter_is_what_stands_between_the_first_two_rules(
    text: str, yaml: str | None
) -> None:
    lines = lines_of(text)
    start, end = front_matter_ends(lines)
    found = "".join(lines[start : end - 1]) if end else None
    assert found == yaml
