"""Protocols as pure functions and push parsers: bytes or text in, values out.

Runs anywhere, on any thread. Nothing here reads, writes, waits, logs, or knows httpd; nothing here imports from the
package but its own neighbours.
"""
