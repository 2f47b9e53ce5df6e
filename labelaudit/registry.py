"""Find what the modules of a package declare, so that no list of them has to be kept."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from labelaudit.errors import InputError


def declared(package: str, mark: str, *, group: str = "") -> dict[str, Callable[..., Any]]:
    """Return the functions that a package's modules marked, by name, in order of their names.

    Parameters
    ----------
    package
        Dotted name of the package whose modules are imported, those of its packages too.
    mark
        Attribute that the package's decorator puts on a function.
    group
        Entry-point group through which other distributions add modules.

    Returns
    -------
    The marked functions, keyed by function name.

    Raises
    ------
    InputError
        When two functions share a name, or a module of another distribution cannot be used.
    """
    root = importlib.import_module(package)
    names = sorted(found.name for found in pkgutil.walk_packages(root.__path__, f"{package}."))
    modules = [root, *(importlib.import_module(name) for name in names)]
    functions: dict[str, Callable[..., Any]] = {}
    for module in modules:
        _add(functions, _marked(module, mark), f"labelaudit: {module.__name__}")
    points = entry_points(group=group) if group else ()
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        _add(functions, _of_point(point, mark), _named(point))
    return dict(sorted(functions.items()))


def _marked(module: ModuleType, mark: str) -> dict[str, Callable[..., Any]]:
    """Return what a module itself declares, not what it imports."""
    return {
        name: thing
        for name, thing in vars(module).items()
        if hasattr(thing, mark) and thing.__module__ == module.__name__
    }


def _add(
    functions: dict[str, Callable[..., Any]], more: Mapping[str, Callable[..., Any]], where: str
) -> None:
    for name, thing in more.items():
        if functions.get(name, thing) is not thing:
            raise InputError(
                f"{where}: {name} is the name of something else already",
                hint="a package takes nothing's place: rename it there, or uninstall the package",
            )
        functions[name] = thing


def _of_point(point: EntryPoint, mark: str) -> dict[str, Callable[..., Any]]:
    """Return what the module of another distribution declares, and whatever it breaks with."""
    try:
        module = point.load()
    except Exception as error:
        raise InputError(
            f"{_named(point)}: cannot be imported: {type(error).__name__}: {error}",
            hint="update or uninstall it",
        ) from error
    found = _marked(module, mark) if isinstance(module, ModuleType) else {}
    if not found:
        raise InputError(
            f"{_named(point)}: is no module that declares anything",
            hint="name the module that the decorated function is written in",
        )
    return found


def _named(point: EntryPoint) -> str:
    """Return an entry point as an error names it."""
    distribution = point.dist.name if point.dist is not None else "an unknown distribution"
    return f"{distribution}: {point.value}, of {point.group}"
