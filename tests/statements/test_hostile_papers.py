"""Papers that are broken, or made to do harm: nothing stops a scan, and each is told of."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.report import TOPICS, Statement
from labelaudit.statements import read_papers
from labelaudit.statements.citation_file import citation_file
from labelaudit.statements.croissant import croissant
from labelaudit.statements.data import read_yaml
from labelaudit.statements.dataset_card import dataset_card
from labelaudit.statements.dataset_info import dataset_info
from labelaudit.statements.papers import MOST_BYTES, UnreadablePaperError
from labelaudit.statements.plain import LONGEST, cut, from_markdown
from labelaudit.statements.plain_files import license_file, version_file

READERS = (dataset_card, croissant, citation_file, dataset_info, license_file, version_file)
MARKDOWN = st.text("#*_[](){}<>!|`~-=:;\\\n\r\t \x00\x0b\u2028aB1?é猫\U0001f431/'\"&", max_size=200)


def unread(folder: Path, name: str, content: bytes) -> tuple[str, ...]:
    (folder / name).write_bytes(content)
    found = read_papers(folder)
    assert found.statements == ()
    return found.unread


def test_links_are_followed_inside_the_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "secret").write_text("# License\nsecret", encoding="utf-8")
    (folder / "README.md").symlink_to(tmp_path / "secret")
    (folder / "LICENSE").symlink_to(folder / "none")
    assert read_papers(folder).unread == (
        "README.md: a symbolic link that leaves the folder",
        "LICENSE: cannot be opened; No such file or directory",
    )
    (folder / "README.md").unlink()
    (folder / "text").write_text("# License\nMIT", encoding="utf-8")
    (folder / "README.md").symlink_to(folder / "text")
    assert [said.text for said in read_papers(folder).statements] == ["MIT"]


def test_what_is_no_file_is_no_paper(tmp_path: Path) -> None:
    (tmp_path / "README.md").mkdir()
    os.mkfifo(tmp_path / "VERSION")
    assert read_papers(tmp_path).unread == (
        "README.md: a folder",
        "VERSION: neither a file nor a folder",
    )


def test_a_paper_that_may_not_be_opened_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text("1", encoding="utf-8")
    (tmp_path / "VERSION").chmod(0)
    if os.access(tmp_path / "VERSION", os.R_OK):
        pytest.skip("this user may open everything")
    assert read_papers(tmp_path).unread == ("VERSION: cannot be opened; Permission denied",)


def test_size_and_encoding(tmp_path: Path) -> None:
    assert unread(tmp_path, "README.md", b"x" * (MOST_BYTES + 1)) == (
        "README.md: larger than 1 MiB",
    )
    assert unread(tmp_path, "README.md", "# License\nMIT".encode("utf-16")) == (
        "README.md: is not UTF-8",
    )
    (tmp_path / "README.md").write_bytes(b"\xef\xbb\xbf---\r\nlicense: mit\r\n---\r\n")
    assert [said.text for said in read_papers(tmp_path).statements] == ["mit"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("CITATION.cff", b"[" * 100_000, "is nested too deeply"),
        ("CITATION.cff", b"- " * 100_000, "is nested too deeply"),
        ("CITATION.cff", b"a: b: c", "is no YAML (line 1)"),
        ("CITATION.cff", b"version: \x00", "is no YAML"),
        ("CITATION.cff", b"a: &x 1\nversion: *x", "has aliases, which are not followed"),
        ("croissant.json", b"[" * 1_000_000, "is nested too deeply"),
        ("croissant.json", b"{'a': 1}", "is no JSON (line 1)"),
        ("README.md", b"# License\nTODO\n" * 1000, "has far more sections than a card has"),
    ],
)
def test_bombs_are_told_of(name: str, content: bytes, why: str, tmp_path: Path) -> None:
    assert unread(tmp_path, name, content) == (f"{name}: {why}",)


def test_yaml_makes_texts_and_nothing_else(tmp_path: Path) -> None:
    made = tmp_path / "made"
    text = f"""
    version: 1.10
    date-released: 2025-03-01
    license: no
    a: !!python/object/apply:os.mkdir [{made}]
    b: {"1:" * 100_000}1
    c: !unknown {{x: y}}
    """
    found = read_yaml(text)
    assert isinstance(found, dict)
    assert not made.exists()
    assert found["version"] == "1.10"
    assert found["date-released"] == "2025-03-01"
    assert found["license"] == "no"
    assert found["c"] == {"x": "y"}


def test_numbers_beyond_reason_are_texts() -> None:
    said = list(croissant('{"version": ' + "9" * 100_000 + ', "license": NaN}', "croissant.json"))
    assert [len(each.text) for each in said] == [LONGEST, 3]


def test_lone_surrogates_leave_no_trace_that_cannot_be_written() -> None:
    (said,) = croissant('{"license": "\\ud800 x"}', "croissant.json")
    assert said.text.encode() == b"? x"


def test_tags_and_scripts_are_no_text() -> None:
    text = "<script>alert(1)</script>\n\n<p onclick='x'>Kept <b>so</b></p>\n\n![pixel](https://t.example)"
    assert from_markdown(text) == "Kept so"
    assert from_markdown("<style>p {}</style>") == ""
    assert from_markdown("[x](javascript:alert(1)) [y](https://example.org/y)") == (
        "[x](javascript:alert(1)) y (https://example.org/y)"
    )


def test_a_comment_that_is_not_closed_ends_the_card() -> None:
    assert [said.text for said in dataset_card("# License\nMIT\n<!-- \n# Version\n1", "c")] == [
        "MIT"
    ]


def test_no_path_of_the_machine_is_told(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(b"---\nlicense: mit\n---\n# Version\n1")
    (tmp_path / "LICENSE").symlink_to("/etc/hostname")
    found = read_papers(tmp_path)
    assert found.unread
    assert found.statements
    told = " ".join([*found.unread, *(said.source for said in found.statements)])
    assert "/" not in told


@given(MARKDOWN, st.integers(3, 60))
def test_a_cut_text_is_a_start_of_the_text(text: str, longest: int) -> None:
    kept = cut(text, longest)
    assert len(kept) <= longest
    assert kept == text or text.startswith(kept.removesuffix(" …"))


@given(MARKDOWN)
def test_plain_text_is_one_line(markdown: str) -> None:
    text = from_markdown(markdown)
    assert text.splitlines() in ([text], [])
    assert "<!--" not in from_markdown(f"a\n\n<!-- {markdown.replace('>', '')} -->\n\nb")


@given(st.one_of(MARKDOWN, st.text(max_size=200)), st.sampled_from(("{}", "# License\n{}\n# {}")))
def test_any_text_states_topics_or_is_refused(text: str, around: str) -> None:
    text = around.replace("{}", text)
    for reader in READERS:
        said: list[Statement] = []
        try:
            for each in reader(text, "paper"):
                said.append(each)  # noqa: PERF402 - what was stated before a refusal counts
        except UnreadablePaperError:
            pass
        for each in said:
            assert each.topic in TOPICS
            assert 0 < len(each.text) <= LONGEST
            assert each.source.startswith("paper")
            assert [each.text] == each.text.splitlines()
            assert [each.source] == each.source.splitlines()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(
            st.sampled_from(("@context", "@graph", "@type", "@id", "@vocab", "name", "url", "sc")),
            part,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(("@context", "@graph", "creator", "license", "version", "rai:dataBiases")),
        JSON,
    )
)
def test_any_json_is_read_or_passed_over(document: dict[str, object]) -> None:
    for reader in (croissant, dataset_info):
        for said in reader(json.dumps(document), "croissant.json"):
            assert said.topic in TOPICS
            assert said.text
