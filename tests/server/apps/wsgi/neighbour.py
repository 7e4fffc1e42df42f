"""Imported by shop.wsgi."""

WORD = "beside"
