"""The error log of one httpd: every line at error level or above fails the test that did not announce it.

So does a warning with one of mod_python's numbers, and a line that is not in httpd's format (the last words of a dying
library). A child that died by a signal fails the test always.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from harness import wait

LINE = re.compile(r"\[(?P<time>[^\]]+)\] \[(?P<module>[^:\]]*):(?P<level>\w+)\] \[pid (?P<pid>\d+)(?::tid \d+)?\] (?P<text>.*)")
SEVERE = frozenset({"emerg", "alert", "crit", "error"})
# "child pid 123 exit signal Segmentation fault (11)", with and without a core.
# The event MPM ends a child while its workers still put connections aside: its own race, at any stop.
OF_HTTPD = re.compile(r"Bad file descriptor: AH03093: process_socket: apr_pollset_add failure")
DIED = re.compile(r"AH0005[12]|exit signal")


@dataclass(frozen=True)
class Line:
    """One line, taken apart; `level` is empty when the line is not httpd's."""

    raw: str
    module: str = ""
    level: str = ""
    pid: int = 0
    text: str = ""

    @classmethod
    def parse(cls, raw: str) -> Line:
        """Read one line as httpd writes it by default."""
        found = LINE.match(raw)
        if not found:
            return cls(raw, text=raw)
        return cls(raw, found["module"], found["level"], int(found["pid"]), found["text"])

    @property
    def fatal(self) -> bool:
        """Whether no test may ever see this."""
        return bool(DIED.search(self.raw))

    @property
    def serious(self) -> bool:
        """Whether a test must have announced this."""
        own_warning = self.level == "warn" and "MPY" in self.text
        return self.fatal or not self.level or self.level in SEVERE or own_warning


class LogError(AssertionError):
    """The error log holds what no test announced, or lacks what one did."""


class ErrorLog:
    """Reads an error log as it grows, and holds it against what was announced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._checked = 0
        self._announced: list[re.Pattern[str]] = []
        self._allowed: list[re.Pattern[str]] = [OF_HTTPD]

    def mark(self) -> int:
        """A place in the log, for `lines(since=...)`."""
        return self.path.stat().st_size if self.path.exists() else 0

    def lines(self, since: int = 0) -> list[Line]:
        """The complete lines written after a mark."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(since)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        return [Line.parse(raw) for raw in whole.decode("utf-8", "backslashreplace").splitlines() if raw]

    def find(self, pattern: str, since: int = 0) -> list[Line]:
        """The lines in which a pattern is found."""
        return [line for line in self.lines(since) if re.search(pattern, line.raw)]

    def wait_for(self, pattern: str, since: int = 0, count: int = 1, timeout: float = wait.PATIENCE) -> list[Line]:
        """Wait until that many lines match, and return them."""

        def enough() -> list[Line]:
            found = self.find(pattern, since)
            return found if len(found) >= count else []

        return wait.until(enough, f"{count} line(s) with {pattern!r} in {self.path}", timeout)

    def expect(self, *patterns: str) -> None:
        """Announce serious lines: each pattern must be found before the test ends, as often as it likes."""
        self._announced += map(re.compile, patterns)

    def allow(self, *patterns: str) -> None:
        """Let serious lines pass, for the rest of this httpd's life, whether they come or not."""
        self._allowed += map(re.compile, patterns)

    def check(self) -> None:
        """Hold what was written since the last check against what was announced; then forget the announcements."""
        announced, self._announced = self._announced, []
        since = self._checked
        for pattern in announced:
            self.wait_for(pattern.pattern, since, timeout=5)
        self._checked = self.mark()
        known = [*announced, *self._allowed]
        bad = [
            line.raw
            for line in self.lines(since)
            if line.fatal or (line.serious and not any(pattern.search(line.raw) for pattern in known))
        ]
        if bad:
            raise LogError("the error log holds what this test did not announce:\n" + "\n".join(bad))
