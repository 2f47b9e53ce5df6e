"""Changes to a JSON text: members and entries are added in its own style, the rest stays."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from labelaudit.release.croissant.json_text import Node

Owner = Callable[[object], str | None]


@dataclass(slots=True)
class Edits:
    """What is to be changed in a text.

    Attributes
    ----------
    text
        The text.
    root
        Its object, from which the style is taken.
    changes
        Where something begins and ends, and what stands there instead.
    """

    text: str
    root: Node
    changes: list[tuple[int, int, str]] = field(default_factory=list)
    _added: dict[int, list[str]] = field(default_factory=dict)

    def applied(self) -> str:
        """Return the text with all changes."""
        pieces, at = [], 0
        for start, end, new in sorted(self.changes):
            pieces += [self.text[at:start], new]
            at = end
        return "".join([*pieces, self.text[at:]])

    def add(self, node: Node, key: str, value: object) -> None:
        """Add a member to the end of an object."""
        gap = self._gap(node)
        member = json.dumps(key) + self._colon() + self._shown(value, gap)
        if node.members:
            last = list(node.members.values())[-1].end
            self.changes.append((last, last, self._comma(gap) + member))
            return
        others = self._added.setdefault(node.start, [])
        others.append(member)
        if len(others) > 1:
            self.changes = [change for change in self.changes if change[0] != node.start]
        inside = gap + self._comma(gap).join(others)
        self.changes.append((node.start, node.end, "{" + gap + inside + self._before(gap) + "}"))

    def replace(self, node: Node, value: object) -> None:
        """Put another value where one is; the same value stays as it is written."""
        if not same(node.value, value):
            self.changes.append((node.start, node.end, self._shown(value, self._line(node.start))))

    def merge(
        self, parent: Node, key: str, owner: Owner, values: Sequence[tuple[str, object]]
    ) -> None:
        """Put our entries into the list that a member holds, beside those of others.

        Parameters
        ----------
        parent
            The object.
        key
            Name of the member, which is made a list when it is one value, or made.
        owner
            Says which of ours an entry is; None for another's, which is kept.
        values
            Our entries by what ``owner`` calls them; one that is no longer among them is removed.
        """
        node = parent.members.get(key)
        if node is None:
            if values:
                self.add(parent, key, [value for _, value in values])
            return
        is_list = isinstance(node.value, list)
        items = node.items if is_list else () if node.value is None else (node,)
        new = dict(values)
        owned = [owner(item.value) for item in items]
        there = {name for name in owned if name is not None}
        kept = all(
            name is None or (name in new and same(item.value, new[name]))
            for name, item in zip(owned, items, strict=True)
        )
        if kept and there.issuperset(new) and len(there) == len(owned) - owned.count(None):
            return
        gap = self._gap(node) if is_list else self._under(self._line(node.start))
        pieces: list[str] = []
        seen: set[str] = set()
        for at, (name, item) in enumerate(zip(owned, items, strict=True)):
            if name is not None and (name not in new or name in seen):
                continue
            shown = self.text[item.start : item.end]
            if name is not None:
                seen.add(name)
                shown = shown if same(item.value, new[name]) else self._shown(new[name], gap)
            before = self.text[items[at - 1].end : item.start] if pieces else gap
            pieces.append(before + shown)
        for name, value in values:
            if name not in seen:
                before = self._comma(gap) if pieces else gap
                pieces.append(before + self._shown(value, gap))
        tail = self.text[items[-1].end : node.end - 1] if is_list and items else self._before(gap)
        self.changes.append((node.start, node.end, "[" + "".join(pieces) + tail + "]"))

    def _gap(self, node: Node) -> str:
        """Return what stands before an entry of an object or list: a line and its indentation."""
        if node.members or node.items:
            return self.text[node.start + 1 : node.first]
        return self._under(self._line(node.start))

    def _under(self, line: str) -> str:
        """Return the line break and indentation of what stands below a line."""
        root = self.text[self.root.start + 1 : self.root.first]
        _, newline, unit = root.rpartition("\n")
        return line + unit if newline else ""

    def _line(self, at: int) -> str:
        """Return the line break and indentation of the line that holds a place."""
        start = self.text.rfind("\n", 0, at) + 1
        root = self.text[self.root.start + 1 : self.root.first]
        if "\n" not in root:
            return ""
        indent = self.text[start:at]
        indent = indent[: len(indent) - len(indent.lstrip(" \t"))]
        return ("\r\n" if "\r\n" in root else "\n") + indent

    def _before(self, gap: str) -> str:
        """Return what stands before the bracket that closes what is indented by a gap."""
        newline, _, indent = gap.rpartition("\n")
        if "\n" not in gap:
            return ""
        unit = self._under("")
        return newline + "\n" + indent.removesuffix(unit)

    def _comma(self, gap: str) -> str:
        """Return what parts an entry from the one before it."""
        return "," + (gap or (" " if self._colon() == ": " else ""))

    def _colon(self) -> str:
        """Return what stands between a key and its value."""
        if not self.root.members:
            return ": "
        first = next(iter(self.root.members.values()))
        key_end = self.text.rindex('"', self.root.first, first.start) + 1
        return self.text[key_end : first.start]

    def _shown(self, value: object, gap: str) -> str:
        """Return a value as text, indented as what stands after a gap."""
        if "\n" not in gap:
            return json.dumps(value, separators=(self._comma(""), self._colon()))
        unit = self._under("") or "  "
        shown = json.dumps(value, indent=unit, separators=(",", self._colon()))
        return shown.replace("\n", gap)


def same(one: object, other: object) -> bool:
    """Tell whether two values of JSON are alike, whatever the order of keys."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
