"""Written anew by the test."""

TEXT = "first"
