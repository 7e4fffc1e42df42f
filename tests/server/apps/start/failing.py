"""Fails at child start."""

raise ValueError("not today")
