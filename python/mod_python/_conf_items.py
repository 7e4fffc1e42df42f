"""The parts of a configuration: directives, sections, comments, and what holds them together.

Pure: used outside httpd, by `httpdconf` and the `mod_python` command. `str` of a part is Apache's text, each line with
its newline; `repr` is the Python source that makes the part again. A part never looks at files and quotes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TEXT_INDENT = "  "
_SOURCE_INDENT = "    "


class Item:
    """What may stand in a configuration; never made by itself."""

    def lines(self) -> Iterator[str]:
        """Apache's text, line by line, without indentation of its own."""
        raise NotImplementedError

    def arguments(self) -> list[str]:
        """The arguments that make this item again, as Python source; one that has lines is indented from 0."""
        raise NotImplementedError

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self.lines())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.arguments())})"


class Directive(Item):
    """`Directive("Listen", "8080")`: a name and the whole of its arguments.

    `flipslash`: whether back-slashes in the value become slashes, as httpd wants file names.
    """

    def __init__(self, name: str, val: object, flipslash: object = 1) -> None:
        self.name = name
        self.val = val
        self.flipslash = flipslash

    def lines(self) -> Iterator[str]:
        """The one line."""
        yield f"{self.name} {_flipped(str(self.val), self.flipslash)}".rstrip()

    def arguments(self) -> list[str]:
        """Name, value, and `flipslash` where it is off."""
        return [repr(self.name), repr(self.val), *_off(self.flipslash)]


class NamedDirective(Directive):
    """A directive whose class has its name: `Listen("8080")`."""

    directive = ""
    flips = True

    def __init__(self, val: object, flipslash: object = None) -> None:
        super().__init__(self.directive, val, self.flips if flipslash is None else flipslash)

    def arguments(self) -> list[str]:
        """The value; the name is the class's."""
        return [repr(self.val), *(_off(self.flipslash) if self.flips else [])]


class SwitchDirective(NamedDirective):
    """A directive that is Off when nothing is said."""

    def __init__(self, val: object = "Off", flipslash: object = None) -> None:
        super().__init__(val, flipslash)


class Container(Item):
    """Items one after the other, without lines of its own.

    `only_if`: a Python expression, evaluated among `mod_python`, `os` and `sys` when the text is made; where it is
    false, the container has no text. It comes from whoever writes the configuration, as all of it does.
    """

    def __init__(self, *args: Item, only_if: str | None = None) -> None:
        self.args = list(args)
        self.only_if = only_if

    def append(self, item: Item) -> None:
        """Add an item at the end. Raises TypeError for what is none."""
        if not isinstance(item, Item):
            raise TypeError("appended value must be an instance of Directive, Container, ContainerTag or Comment")
        self.args.append(item)

    def lines(self) -> Iterator[str]:
        """The lines of all items."""
        if self.wanted():
            for item in self.args:
                yield from item.lines()

    def arguments(self) -> list[str]:
        """The items, and the condition if there is one."""
        return [*(repr(item) for item in self.args), *self.condition()]

    def wanted(self) -> bool:
        """Whether the condition holds; true without one."""
        return self.only_if is None or bool(eval(self.only_if, _names()))

    def condition(self) -> list[str]:
        """The keyword argument of the condition, if there is one."""
        return [] if self.only_if is None else [f"only_if={self.only_if!r}"]

    def __repr__(self) -> str:
        return _call(type(self).__name__, self.arguments())


class ContainerTag(Container):
    """A section: `ContainerTag("Directory", "/srv", [items])` is `<Directory /srv>` … `</Directory>`."""

    def __init__(self, tag: str, attr: object, args: Any, flipslash: object = 1, only_if: str | None = None) -> None:
        super().__init__(*args, only_if=only_if)
        self.tag = tag
        self.attr = attr
        self.flipslash = flipslash

    def lines(self) -> Iterator[str]:
        """The opening tag, the items, indented, and the closing tag."""
        if self.wanted():
            yield f"<{self.tag} {_flipped(str(self.attr), self.flipslash)}".rstrip() + ">"
            for item in self.args:
                yield from (f"{_TEXT_INDENT}{line}" for line in item.lines())
            yield f"</{self.tag}>"

    def arguments(self) -> list[str]:
        """Tag, attribute and the list of items."""
        items = _call("", [repr(item) for item in self.args], "[]")
        return [repr(self.tag), repr(self.attr), items, *_off(self.flipslash), *self.condition()]


class NamedTag(ContainerTag):
    """A section whose class has its name: `Directory("/srv", items, ...)`."""

    section = ""
    flips = True

    def __init__(self, attr: object, *args: Item, flipslash: object = None, only_if: str | None = None) -> None:
        super().__init__(self.section, attr, args, self.flips if flipslash is None else flipslash, only_if)

    def arguments(self) -> list[str]:
        """The attribute and the items."""
        flipslash = _off(self.flipslash) if self.flips else []
        return [repr(self.attr), *(repr(item) for item in self.args), *flipslash, *self.condition()]


class Comment(Item):
    """Text behind `#`, each of its lines."""

    def __init__(self, text: str) -> None:
        self.text = text

    def lines(self) -> Iterator[str]:
        """Each line behind `# `."""
        for line in self.text.splitlines():
            yield f"# {line}".rstrip()

    def arguments(self) -> list[str]:
        """The text."""
        return [repr(self.text)]


def directive(name: str, *, flips: bool = True) -> type[NamedDirective]:
    """The class of a directive."""
    return type(name, (NamedDirective,), {"directive": name, "flips": flips, "__module__": "mod_python.httpdconf"})


def switch(name: str) -> type[SwitchDirective]:
    """The class of a directive that is Off when nothing is said."""
    return type(name, (SwitchDirective,), {"directive": name, "__module__": "mod_python.httpdconf"})


def section(name: str, *, flips: bool = True) -> type[NamedTag]:
    """The class of a section; a regular expression keeps its back-slashes (`flips=False`)."""
    return type(name, (NamedTag,), {"section": name, "flips": flips, "__module__": "mod_python.httpdconf"})


def quote_if_space(s: str) -> str:
    """The text in double quotes if a blank is in it."""
    return f'"{s}"' if " " in s else s


def _flipped(text: str, flipslash: object) -> str:
    return text.replace("\\", "/") if flipslash else text


def _off(flipslash: object) -> list[str]:
    return [] if flipslash else ["flipslash=0"]


def _call(name: str, arguments: list[str], brackets: str = "()") -> str:
    """A call with an argument on each line, the lines of an argument indented below it."""
    if not arguments:
        return f"{name}{brackets}"
    body = "".join(f"{argument},\n" for argument in arguments)
    indented = "".join(f"{_SOURCE_INDENT}{line}" for line in body.splitlines(keepends=True))
    return f"{name}{brackets[0]}\n{indented}{brackets[1]}"


def _names() -> dict[str, Any]:
    """What a condition of `only_if` may name."""
    import os
    import sys

    import mod_python.version

    return {"mod_python": mod_python, "os": os, "sys": sys}
