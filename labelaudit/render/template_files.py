"""The files of the templates: the user's, ours, and those that installed packages bring."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, meta

from labelaudit.errors import InputError, some
from labelaudit.report import Report

GROUP: Final = "labelaudit.templates"
PAGE: Final = "label.html"
SHIPPED: Final = (
    Path(__file__).parents[1] / "templates",  # in the wheel
    Path(__file__).parents[2] / "templates",  # in the checkout
)
# The pages of `labelaudit review`, `diff` and `history` have files of their own.
OF_OTHER_PAGES: Final = ("review.", "diff.", "history.")
NO_TEMPLATES: Final = {"", ".md", ".txt"}  # what may lie beside them: a README, a LICENSE


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template.

    Attributes
    ----------
    path
        Where it is.
    shown
        How an error names it.
    owner
        The user's folder or the distribution that brings it; empty for ours.
    hint
        What to do when it fails.
    """

    path: Path
    shown: str
    owner: str = ""
    hint: str = (
        "this is a fault of labelaudit or of the report: please report it with the line above"
    )

    def source(self) -> str:
        """Return the text of the template."""
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{self.shown}: cannot be read: {error}", hint=self.hint) from error


def template_files(templates: Path | None, report: Report) -> dict[str, TemplateFile]:
    """Return the files that the templates of a report are read from, by name.

    Those in the user's folder come before ours. An installed package may add templates of
    measures, and may replace none.

    Raises
    ------
    InputError
        When a file in the folder would change nothing or lies outside of it, or a package brings
        what is there already.
    """
    shipped = {
        name: file for name, file in shipped_files().items() if not name.startswith(OF_OTHER_PAGES)
    }
    brought = shipped | package_templates(shipped)
    if templates is None:
        return brought
    own = _of_user(templates)
    check_override(templates, own, {*brought, *_sections(report)})
    return brought | own


def shipped_files() -> dict[str, TemplateFile]:
    """Return our own templates by name, those of all pages."""
    folder = next(each for each in SHIPPED if (each / PAGE).is_file())
    files = _files(folder).items()
    return {name: TemplateFile(file, f"templates/{name}") for name, file in files}


def package_templates(taken: Collection[str]) -> dict[str, TemplateFile]:
    """Return the templates of measures that installed packages bring, by name.

    The packages are found and not imported: to draw a report runs no code of theirs.

    Parameters
    ----------
    taken
        Names that no package may have.
    """
    found: dict[str, TemplateFile] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.value, point.name)):
        owner = point.dist.name if point.dist is not None else point.value
        hint = (
            f"update or uninstall {owner}, or replace the template by one of your own: --templates"
        )
        for name, file in _of_package(point, owner).items():
            has = "labelaudit" if name in taken else found[name].owner if name in found else ""
            if has and not (name in found and found[name].path == file):
                raise InputError(
                    f"{owner}: brings {name}, which {has} has already",
                    hint=f"a package replaces no template: update or uninstall {owner}",
                )
            found[name] = TemplateFile(file, f"{owner}: {name}", owner, hint)
    return found


def check_override(
    templates: Path, own: Mapping[str, TemplateFile], known: Collection[str]
) -> None:
    """Refuse a folder with a file that replaces no template, and that no other of it includes."""
    unknown = sorted(own.keys() - set(known))
    left = [name for name in unknown if name not in _included(own)]
    near = get_close_matches((left or unknown or [""])[0], known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
    if len(unknown) == len(own):
        raise InputError(
            f"{templates}: replaces no template; found {some(unknown) or 'nothing'}", hint=hint
        )
    if left:
        raise InputError(
            f"{templates}: {some(left)}: replaces no template, and none of the folder includes it",
            hint=hint,
        )


def _sections(report: Report) -> set[str]:
    return {f"measures/{result.name}.html" for result in report.measures}


def _files(folder: Path) -> dict[str, Path]:
    """Return the files in a folder by their names, those that are hidden left out."""
    files = {file.relative_to(folder): file for file in sorted(folder.rglob("*"))}
    return {
        name.as_posix(): file
        for name, file in files.items()
        if file.is_file() and not any(part.startswith((".", "__")) for part in name.parts)
    }


def _of_user(folder: Path) -> dict[str, TemplateFile]:
    """Return the templates in a folder; a link that leads out of it is refused."""
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no folder of templates is there", hint="check the path for a typing error"
        )
    found = {}
    for name, file in _files(folder).items():
        if not file.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{file}: leads out of the folder", hint="copy the file into it")
        if file.suffix not in NO_TEMPLATES:
            hint = "compare it with the shipped template of the same name"
            found[name] = TemplateFile(file, str(file), str(folder), hint)
    return found


def _of_package(point: EntryPoint, owner: str) -> dict[str, Path]:
    """Return the templates that an entry point names."""
    try:
        spec = find_spec(point.module)
    except Exception as error:
        raise InputError(
            f"{owner}: {point.value}, its entry point of {GROUP}, cannot be found: {error}",
            hint=f"update or uninstall {owner}",
        ) from error
    folders = [] if spec is None else spec.submodule_search_locations or []
    files = sorted(file for folder in folders for file in Path(folder, "measures").glob("*.html"))
    if not files:
        raise InputError(
            f"{owner}: {point.value}, its entry point of {GROUP}, is no package with templates "
            f"measures/<name>.html",
            hint=f"update or uninstall {owner}",
        )
    return {f"measures/{file.name}": file for file in files}


def _included(own: Mapping[str, TemplateFile]) -> set[str]:
    """Return the names that the templates of a folder include or import."""
    names: set[str] = set()
    for file in own.values():
        try:
            tree = Environment(autoescape=True).parse(file.source())
        except TemplateSyntaxError:
            continue  # told, with its line, where the template is rendered
        names.update(name for name in meta.find_referenced_templates(tree) if name is not None)
    return names
