"""The environment that templates run in, and what is said of one that fails."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Final

from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from labelaudit.errors import InputError, LabelauditError, some
from labelaudit.privacy import LEFT_OUT
from labelaudit.render import svg, text
from labelaudit.render.charts import DRAWINGS
from labelaudit.render.charts.bars import bars_of
from labelaudit.render.charts.rows import one_pair
from labelaudit.render.charts.signs import mark
from labelaudit.render.exits import exit_of
from labelaudit.render.facts import hero
from labelaudit.render.galleries import numeric, pictured, unpictured
from labelaudit.render.modules import modules_of
from labelaudit.render.sections import SECTIONS
from labelaudit.render.stated import topics
from labelaudit.render.template_files import PAGE, SHIPPED, TemplateFile, template_files

__all__ = ["PAGE", "SHIPPED", "content_policy", "environment_of", "rendered", "template_files"]

# What would print a text unescaped, reach for attributes by name, or make links of texts.
NO_FILTERS: Final = ("safe", "attr", "urlize", "xmlattr")
NO_GLOBALS: Final = ("cycler", "joiner", "lipsum")


class AlwaysEscaped(Extension):
    """Takes the tag away by which a template could switch the escaping off."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template; refuse one with the tag."""
        before = ""
        for token in stream:
            if before == "block_begin" and token.test("name:autoescape"):
                message = "'autoescape' is no tag here: everything is escaped"
                raise TemplateSyntaxError(message, token.lineno, stream.name, stream.filename)
            before = token.type
            yield token


def environment_of(files: Mapping[str, TemplateFile]) -> ImmutableSandboxedEnvironment:
    """Return the environment of the templates: everything escaped, nothing undefined.

    Nothing but the named files can be included, and nothing that a template is given can be
    changed by it.
    """
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(lambda name: _loaded(files.get(name))),
        autoescape=True,
        extensions=[AlwaysEscaped],
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in NO_FILTERS:
        del environment.filters[name]
    for name in NO_GLOBALS:
        del environment.globals[name]
    environment.globals |= DRAWINGS
    environment.globals |= SECTIONS
    environment.globals |= {
        "alternative": text.alternative,
        "bars_of": bars_of,
        "counted": text.counted,
        "heading": text.heading,
        "hero": hero,
        "interval": text.interval,
        "label": svg.label,
        "left_out": LEFT_OUT,
        "mark": mark,
        "modules_of": modules_of,
        "number": text.number,
        "numeric": numeric,
        "one_pair": one_pair,
        "pictured": pictured,
        "share_of": text.share_of,
        "splits": text.splits,
        "topics": topics,
        "unpictured": unpictured,
    }
    return environment


def _finalize(printed: object) -> object:
    """Escape everything that a template prints, where it turns that off too, and show controls."""
    if isinstance(printed, Markup):
        return printed
    return escape(text.visible(printed) if isinstance(printed, str) else printed)


def content_policy(*, style: str, script: str) -> str:
    """Return the content security policy: this style, this script, images from data only."""
    hashes = (
        base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        for source in (style, script)
    )
    return (
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; "
        "base-uri 'none'; form-action 'none'"
    ).format(*hashes)


def rendered(
    name: str, files: Mapping[str, TemplateFile], values: Mapping[str, object] | None = None
) -> str:
    """Return what a template makes of some values.

    Raises
    ------
    InputError
        When it cannot be rendered: with the file, the line and who brought it.
    """
    try:
        page = environment_of(files).get_template(name).render(values or {})
    except LabelauditError:
        raise
    except Exception as error:
        file, line = _place(error, files)
        where = "" if line is None else f": line {line}"
        hint = file.hint if file.owner else _hint_of_parts(files) or file.hint
        raise InputError(f"{file.shown}{where}: {_said(error)}", hint=hint) from error
    if tag := exit_of(page):
        raise InputError(
            f"{files[name].shown}: has a <{tag}> by which the page leads elsewhere unasked",
            hint="a template of the page or of a measure brings it: take it out",
        )
    return page


def _hint_of_parts(files: Mapping[str, TemplateFile]) -> str:
    """Return what to do where ours fails beside parts of the page that are not ours."""
    parts = [file for name, file in files.items() if file.owner and not name.startswith("measures")]
    return f"{some(part.shown for part in parts)}: {parts[0].hint}" if parts else ""


def _said(error: Exception) -> str:
    said = error.message if isinstance(error, TemplateSyntaxError) else str(error)
    if isinstance(error, TemplateNotFound):
        said = f"no template is called {', '.join(map(repr, error.templates))}"
    return text.visible(said or "") or type(error).__name__


def _loaded(file: TemplateFile | None) -> tuple[str, str, None] | None:
    return None if file is None else (file.source(), str(file.path), None)


def _place(error: Exception, files: Mapping[str, TemplateFile]) -> tuple[TemplateFile, int | None]:
    """Return the template that an error is of: the innermost that is not ours, if any is."""
    by_path = {str(file.path): file for file in files.values()}
    if isinstance(error, TemplateSyntaxError) and error.filename in by_path:
        return by_path[error.filename], error.lineno
    passed: list[tuple[TemplateFile, int | None]] = [(files[PAGE], None)]
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        file = by_path.get(trace.tb_frame.f_code.co_filename)
        if file is not None:
            passed.append((file, trace.tb_lineno))
        trace = trace.tb_next
    return next((place for place in reversed(passed) if place[0].owner), passed[-1])
