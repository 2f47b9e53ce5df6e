"""Find what the modules of a package declare, so that no list of them has to be kept."""

import importlib
import pkgutil
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any


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
    ValueError
        When two functions share a name.
    """
    root = importlib.import_module(package)
    names = sorted(found.name for found in pkgutil.walk_packages(root.__path__, f"{package}."))
    modules = [root, *(importlib.import_module(name) for name in names)]
    if group:
        points = sorted(entry_points(group=group), key=lambda point: point.name)
        modules += [point.load() for point in points]
    functions: dict[str, Callable[..., Any]] = {}
    for module in modules:
        for name, thing in vars(module).items():
            if not hasattr(thing, mark) or thing.__module__ != module.__name__:
                continue
            if name in functions:
                raise ValueError(f"{module.__name__}.{name}: the name is taken already")
            functions[name] = thing
    return dict(sorted(functions.items()))
