import importlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from reports import HOSTILE, full

from labelaudit.errors import InputError
from labelaudit.render.charts import DRAWINGS
from labelaudit.render.html import to_html
from labelaudit.render.template_files import SHIPPED, TemplateFile, template_files
from labelaudit.render.templates import environment_of, rendered
from labelaudit.report import MeasureResult, Report, Value

CHECKOUT = Path(__file__).parents[2]
GUIDE = (CHECKOUT / "docs" / "templates.md").read_text(encoding="utf-8")
TEMPLATES = next(folder for folder in SHIPPED if folder.is_dir())


def with_measure(name: str = "pets_seen") -> Report:
    """Return a report with a measure that is of no file of labelaudit."""
    seen = Value(name="seen_count", title="Seen", value=7, unit="count", no_interval="exact")
    result = MeasureResult(
        name=name,
        family="integrity",
        title="Pets seen",
        summary="Count the pets.",
        status="measured",
        values=(seen,),
    )
    return replace(full(), measures=(*full().measures, result))


class Site:
    """A folder that packages are installed in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, name: str, templates: dict[str, str], point: str = "") -> None:
        """Install a package with some templates, the way an installer leaves it."""
        package = self.folder / name
        (package / "measures").mkdir(parents=True)
        (package / "__init__.py").write_text("raise RuntimeError('was imported')\n")
        for file, source in templates.items():
            (package / file).write_text(source)
        info = self.folder / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[labelaudit.templates]\nx = {point or name}\n")
        importlib.invalidate_caches()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield Site(folder)
    importlib.invalidate_caches()


def section(page: str, name: str = "pets_seen") -> str:
    found = re.search(rf'<article id="{name}".*?</article>', page, flags=re.DOTALL)
    assert found
    return found[0]


def test_a_package_brings_the_template_of_its_measure_and_is_not_imported(site: Site) -> None:
    assert "<i>" not in section(to_html(with_measure()))
    site.install("pets", {"measures/pets_seen.html": "<i>{{ report.dataset.name }}</i>"})
    report = with_measure()
    report = replace(report, dataset=replace(report.dataset, name=HOSTILE[0]))
    assert "<i>&lt;script&gt;alert(1)&lt;/script&gt;</i>" in section(to_html(report))


def test_a_package_may_share_parts_and_use_our_macros(site: Site) -> None:
    parts = {
        "measures/pets_seen.html": "{% import 'measures/pets_parts.html' as own %}{{ own.said() }}"
        "{% import 'macros.html' as show %}{{ show.value(measure, 'seen_count') }}",
        "measures/pets_parts.html": "{% macro said() %}<i>mine</i>{% endmacro %}",
    }
    site.install("pets", parts)
    assert '<i>mine</i><b data-value="seen_count">7</b>' in section(to_html(with_measure()))


def test_the_users_folder_comes_before_a_package(site: Site, tmp_path: Path) -> None:
    site.install("pets", {"measures/pets_seen.html": "{{ broken"})
    mine = tmp_path / "mine" / "measures"
    mine.mkdir(parents=True)
    (mine / "pets_seen.html").write_text("<i>user's</i>")
    assert "<i>user's</i>" in section(to_html(with_measure(), tmp_path / "mine"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a\n{% if %}", "pets: measures/pets_seen.html: line 2: Expected an expression"),
        ("\n\n{{ gone }}", "pets: measures/pets_seen.html: line 3: 'gone' is undefined"),
        (
            "{% import 'macros.html' as show %}\n{{ show.table(3) }}",
            "pets: measures/pets_seen.html: line 2: ",
        ),
        ("{{ density(measure) }}", "pets: measures/pets_seen.html: line 1: "),
        (
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "pets: measures/pets_seen.html: line 1",
        ),
        ("{{ range(10 ** 9) }}", "Range too big"),
        (
            "{% include '../label.html' %}",
            "pets: measures/pets_seen.html: line 1: no template is called '../label.html'",
        ),
    ],
)
def test_what_breaks_is_named_with_its_package_and_line(site: Site, source: str, said: str) -> None:
    site.install("pets", {"measures/pets_seen.html": source})
    with pytest.raises(InputError) as caught:
        to_html(with_measure())
    assert said in caught.value.message
    assert "uninstall pets" in caught.value.hint


def test_a_package_replaces_no_template_of_ours(site: Site) -> None:
    site.install("pets", {"measures/label_noise.html": "nothing to see"})
    with pytest.raises(InputError, match=r"pets: brings measures/label_noise\.html, which labela"):
        to_html(full())


def test_a_package_replaces_no_template_of_another(site: Site) -> None:
    site.install("pets", {"measures/pets_seen.html": "a"})
    site.install("zoo", {"measures/pets_seen.html": "b"})
    with pytest.raises(InputError, match=r"zoo: brings measures/pets_seen\.html, which pets has"):
        to_html(full())


def test_a_package_brings_templates_of_measures_only(site: Site) -> None:
    site.install("pets", {"label.html": "a", "macros.html": "b", "measures/pets_seen.html": "c"})
    assert template_files(None, full())["label.html"].path.parent == TEMPLATES


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ("no_such_package", "is no package with templates"),
        ("no_such.package", "cannot be found"),
        ("pets", "is no package with templates"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_told(site: Site, point: str, said: str) -> None:
    site.install("pets", {}, point)
    with pytest.raises(InputError, match=said) as caught:
        to_html(full())
    assert caught.value.message.startswith(f"pets: {point}, its entry point of labelaudit.template")


def shipped() -> list[str]:
    names = [file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*.*")]
    others = ("review.", "diff.", "history.")
    return sorted(name for name in names if not name.startswith(others))


@pytest.mark.parametrize("name", shipped())
def test_every_file_of_the_page_can_be_replaced(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    assert template_files(tmp_path, full())[name].source() == "mine"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("measures/label_nosie.html", "did you mean measures/label_noise.html?"),
        ("labels.css", "did you mean label.css?"),
        ("review.html", "there are alert.html, "),
    ],
)
def test_a_typing_error_is_told_even_if_others_match(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "measures").mkdir()
    for each in ("measures/integrity.html", name):
        (tmp_path / each).write_text("")
    with pytest.raises(InputError) as caught:
        to_html(full(), tmp_path)
    assert f"{name}: replaces no template" in caught.value.message
    assert said in caught.value.hint


def test_a_part_that_another_file_includes_is_no_typing_error(tmp_path: Path) -> None:
    (tmp_path / "measures").mkdir()
    (tmp_path / "measures" / "integrity.html").write_text("{% include 'my/part.html' %}")
    (tmp_path / "my").mkdir()
    (tmp_path / "my" / "part.html").write_text("<i>part</i>")
    (tmp_path / "README.md").write_text("About them.")
    (tmp_path / ".hidden").write_text("")
    assert "<i>part</i>" in section(to_html(full(), tmp_path), "integrity")


def test_a_part_that_lacks_what_our_page_asks_for_is_named(tmp_path: Path) -> None:
    (tmp_path / "macros.html").write_text("{# empty #}")
    with pytest.raises(InputError, match=r"^templates/(alert|label)\.html: line \d+: ") as caught:
        to_html(full(), tmp_path)
    assert caught.value.hint.startswith(f"{tmp_path / 'macros.html'}: compare it with the shipped")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("root:x:0")
    mine = tmp_path / "mine" / "measures"
    mine.mkdir(parents=True)
    (mine / "integrity.html").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError, match="leads out of the folder"):
        to_html(full(), tmp_path / "mine")


def test_a_template_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "measures").mkdir()
    (tmp_path / "measures" / "integrity.html").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"integrity\.html: cannot be read"):
        to_html(full(), tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "{{ report.__class__ }}",
        "{{ report['__class__'] }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ number.__globals__ }}",
        "{{ known.__code__ }}",
        "{{ [report]|map(attribute='__class__')|join }}",
        "{{ [report]|sum('__class__') }}",
        "{{ '{0.__class__}'.format(report) }}",
        "{{ '{0.__class__.__mro__}'.format_map({'0': report}) }}",
        "{{ (self|string).__init__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ show_all.__self__ }}",
        "{{ report.dataset.splits.update({'a': 1}) }}",
        "{{ report.dataset.splits.clear() }}",
        "{{ [1].append(2) }}",
        "{% set x = cycler %}{{ x('a') }}",
        "{{ report.dataset.name|safe }}",
        "{{ report|attr('__class__') }}",
        "{{ 'https://example.org'|urlize }}",
        "{{ {'onclick': 'x'}|xmlattr }}",
        "{%- autoescape false %}{{ report.dataset.name }}{% endautoescape %}",
        "{% autoescape false %}{{ report.dataset.name }}{% endautoescape %}",
        "{% do report.dataset.splits.clear() %}",
        "{% include '/etc/passwd' %}",
        "{% include 'measures/../../pyproject.toml' %}",
        "{% import 'os' as os %}{{ os }}",
        "{% set report.dataset = 1 %}",
    ],
)
def test_a_template_reaches_for_nothing_beyond_the_report(source: str, tmp_path: Path) -> None:
    file = tmp_path / "attack.html"
    file.write_text(source)
    report = full()
    files = {
        "attack.html": TemplateFile(file, "attack.html"),
        "label.html": TemplateFile(file, "label.html"),
    }
    before = repr(report)
    with pytest.raises(InputError):
        rendered("attack.html", files, {"report": report})
    assert repr(report) == before


def test_markup_made_by_a_template_keeps_texts_escaped(tmp_path: Path) -> None:
    file = tmp_path / "attack.html"
    attacks = (
        "{{ ('<i>'|e).format(report.dataset.name) }}",
        "{{ ('%s'|e) % report.dataset.name }}",
        "{{ ('{}'|e).format(report.dataset.name) }}",
        "{{ (report.dataset.name|e).unescape() }}",
        "{{ (report.dataset.name|e).striptags() }}",
        "{{ [report.dataset.name, 'x'|e]|join }}",
        "{{ 'x'|replace('x', report.dataset.name) }}",
        "{{ report.dataset.name|tojson }}",
        "{% set n = report.dataset.name %}{{ n ~ ('b'|e) }}",
        "{% filter upper %}{{ report.dataset.name }}{% endfilter %}",
    )
    file.write_text("\n".join(attacks))
    report = full()
    report = replace(report, dataset=replace(report.dataset, name="<script>'\"</script>"))
    page = rendered("a", {"a": TemplateFile(file, "a")}, {"report": report})
    assert "<script" not in page.lower()
    assert len(page.splitlines()) == len(attacks)


def test_the_guide_names_all_that_templates_get() -> None:
    macros = (TEMPLATES / "macros.html").read_text(encoding="utf-8")
    documented = re.findall(r"^    show\.(\w+)\(", macros, flags=re.MULTILINE)
    functions = re.findall(r"`(\w+)`", macros.partition("Functions:")[2].partition("\n\n")[0])
    names = {*DRAWINGS, *functions}
    said = set(re.findall(r"`(?:show\.)?(\w+)[`(]", GUIDE))
    assert len(documented) > 10
    assert len(functions) > 8
    assert sorted(names - said) == []
    assert sorted(set(documented) - said - {"notes"}) == []


def test_all_that_the_guide_names_is_there() -> None:
    table = "\n".join(re.findall(r"^\| `.*", GUIDE, flags=re.MULTILINE))
    macros = (TEMPLATES / "macros.html").read_text(encoding="utf-8")
    for name in re.findall(r"show\.(\w+)", table):
        assert f"macro {name}(" in macros, name
    functions = set(re.findall(r"^\| `(\w+)\(", GUIDE, flags=re.MULTILINE))
    assert functions <= set(environment_of({}).globals)


@pytest.mark.parametrize("example", re.findall(r"\| `(\w+)(\([^`]*\))` is `([^`]*)` \|", GUIDE))
def test_the_formats_of_the_guide_are_as_it_says(example: tuple[str, str, str]) -> None:
    name, arguments, said = example
    assert environment_of({}).from_string(f"{{{{ {name}{arguments} }}}}").render() == said


def test_the_template_of_the_contributing_guide_works(tmp_path: Path) -> None:
    guide = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [source] = re.findall(r"```jinja\n(.*?)```", guide, flags=re.DOTALL)
    (tmp_path / "measures").mkdir()
    (tmp_path / "measures" / "median_size.html").write_text(source)
    report = with_measure("median_size")
    area = Value(name="median_area", title="Median area", value=64, no_interval="exact")
    report = replace(
        report, measures=(*report.measures[:-1], replace(report.measures[-1], values=(area,)))
    )
    page = section(to_html(report, tmp_path), "median_size")
    assert 'more than <b data-value="median_area">64</b> pixels' in page


SECTIONS = sorted(file.name for file in (TEMPLATES / "measures").glob("[a-z]*.html"))


@pytest.mark.parametrize("name", SECTIONS)
def test_a_template_declares_what_it_asks_for(name: str) -> None:
    source = (TEMPLATES / "measures" / name).read_text(encoding="utf-8")
    head = re.match(r"\{# needs: ([\w ,;]+) #\}\n", source)
    assert head
    asked = set(re.findall(r'\b(?:\w+_of|show\.\w+)\(measure, "(\w+)"', source))
    for arguments in re.findall(r"\b(?:known|some)\(measure, ([^()]*)\)", source):
        asked |= set(re.findall(r'"(\w+)"', arguments))
    assert sorted(asked - set(re.findall(r"\w+", head[1]))) == []
