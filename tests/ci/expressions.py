"""The part of GitHub's expressions that our action and its examples use; refuses all else."""

import re
from collections.abc import Callable, Mapping
from typing import Final

TOKEN: Final = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<sign>==|!=|&&|\|\||[!(),])|(?P<word>[A-Za-z_][\w.-]*))"
)
STATUS: Final = ("success", "failure", "always", "cancelled")

Context = Mapping[str, object]
Function = Callable[..., object]


class UnsupportedError(Exception):
    """What this part of the language does not have."""


def tokens(text: str) -> list[tuple[str, str]]:
    """Return the tokens of an expression as kind and text."""
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise UnsupportedError(f"{text!r} at {at}")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class Expression:
    """An expression that is read from left to right, by the rules of precedence."""

    def __init__(self, text: str, context: Context, functions: Mapping[str, Function]) -> None:
        self.tokens = tokens(text)
        self.context = context
        self.functions = functions

    def value(self) -> object:
        """Return what the whole of it comes to."""
        found = self.either()
        if self.tokens:
            raise UnsupportedError(f"{self.tokens} is left over")
        return found

    def take(self, *signs: str) -> str:
        """Take the next token if it is one of these signs."""
        if self.tokens and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs:
            return self.tokens.pop(0)[1]
        return ""

    def either(self) -> object:
        """Read operands of ``||``; the first that holds is the value, as GitHub has it."""
        left = self.both()
        while self.take("||"):
            right = self.both()
            left = left if truth(left) else right
        return left

    def both(self) -> object:
        """Read operands of ``&&``."""
        left = self.compared()
        while self.take("&&"):
            right = self.compared()
            left = right if truth(left) else left
        return left

    def compared(self) -> object:
        """Read a comparison; of texts, case does not count."""
        left = self.one()
        if sign := self.take("==", "!="):
            right = self.one()
            return (printed(left).lower() == printed(right).lower()) == (sign == "==")
        return left

    def one(self) -> object:
        """Read a negation, a parenthesis, a text, a function or a name."""
        if self.take("!"):
            return not truth(self.one())
        if self.take("("):
            found = self.either()
            if not self.take(")"):
                raise UnsupportedError("a parenthesis is not closed")
            return found
        if not self.tokens:
            raise UnsupportedError("it ends too early")
        kind, word = self.tokens.pop(0)
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind == "word" and word in {"true", "false"}:
            return word == "true"
        if kind == "word" and self.take("("):
            return self.called(word)
        if kind == "word" and "." in word:
            return self.named(word)
        raise UnsupportedError(word)

    def called(self, name: str) -> object:
        """Read the arguments of a function, and call it."""
        arguments = []
        while not self.take(")"):
            arguments.append(self.either())
            self.take(",")
        if name not in self.functions:
            raise UnsupportedError(f"{name}()")
        return self.functions[name](*arguments)

    def named(self, name: str) -> object:
        """Look a name up; what is not there is empty, but its first part must be."""
        first, *rest = name.split(".")
        if first not in self.context:
            raise UnsupportedError(f"the context {first}")
        found: object = self.context[first]
        for part in rest:
            found = found.get(part, "") if isinstance(found, Mapping) else ""
        return found


def truth(value: object) -> bool:
    """Return whether a value counts as true."""
    return bool(value)


def printed(value: object) -> str:
    """Return a value as it stands in a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise UnsupportedError(f"a text of {type(value).__name__}")


def filled(text: str, context: Context, functions: Mapping[str, Function]) -> str:
    """Return a text, each ``${{ }}`` replaced by its value."""
    return re.sub(
        r"\$\{\{(.*?)\}\}",
        lambda match: printed(Expression(match[1], context, functions).value()),
        text,
    )


def holds(condition: str, context: Context, functions: Mapping[str, Function]) -> bool:
    """Return whether a step runs; without a status function it does only after success."""
    whole = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", condition, flags=re.DOTALL)
    text = whole[1] if whole else condition
    found = Expression(text, context, functions).value()
    asks = any(kind == "word" and word in STATUS for kind, word in tokens(text))
    return truth(found) and (asks or bool(functions["success"]()))
