"""Beside the module that asks for it."""

WHO = "deep"
