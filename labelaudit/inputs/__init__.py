"""What a measure may ask for by parameter name, each computed once and only when asked for."""

import inspect
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, TypeVar

from labelaudit.errors import MissingInputError
from labelaudit.registry import declared

MARK = "__provider__"
_P = TypeVar("_P", bound=Callable[..., Any])
_T = TypeVar("_T")


def provider(function: _P) -> _P:
    """Register a function as the provider of the input of its name.

    Its own parameters name other inputs. It raises `MissingInputError` with the reason when
    this dataset cannot have the input.
    """
    setattr(function, MARK, True)
    return function


def load_providers() -> dict[str, Callable[..., Any]]:
    """Return every provider by the name of its input."""
    return declared(__name__, MARK)


class Inputs:
    """The inputs of one scan.

    Parameters
    ----------
    given
        What the scan starts from, by name; a `MissingInputError` stands for what it cannot have.
        A given input takes the place of its provider, and may be one itself. Where no dataset is
        given, there is none: inputs are then made of the arrays.
    """

    def __init__(self, given: Mapping[str, object]) -> None:
        own = {n: value for n, value in given.items() if callable(value) and hasattr(value, MARK)}
        self._providers = load_providers() | own
        ready = {name: value for name, value in given.items() if name not in own}
        self._ready = {"dataset": MissingInputError("no manifest was read")} | ready
        self._nested = 0.0
        self.seconds: dict[str, float] = {}

    def get(self, name: str) -> object:
        """Return one input; raise `MissingInputError` when this dataset cannot have it."""
        if name not in self._ready:
            if name not in self._providers:
                raise KeyError(f"no input is called {name!r}")
            self._ready[name] = self.timed(name, lambda: self._provide(name))
        found = self._ready[name]
        if isinstance(found, MissingInputError):
            raise found
        return found

    def timed(self, name: str, work: Callable[[], _T]) -> _T:
        """Do some work, and note its seconds without those of the inputs made on the way."""
        before, self._nested, started = self._nested, 0.0, perf_counter()
        try:
            return work()
        finally:
            elapsed = perf_counter() - started
            self.seconds[name] = elapsed - self._nested
            self._nested = before + elapsed

    def _provide(self, name: str) -> object:
        try:
            provided: object = self.call(self._providers[name])
        except MissingInputError as error:
            return error
        return provided

    def call(self, function: Callable[..., Any]) -> Any:  # noqa: ANN401 - whatever it returns
        """Call a function with the inputs that its parameters name.

        A parameter with a default keeps it when this dataset cannot have the input.
        """
        arguments = {}
        for name, parameter in inspect.signature(function).parameters.items():
            try:
                arguments[name] = self.get(name)
            except MissingInputError:
                if parameter.default is parameter.empty:
                    raise
        return function(**arguments)
