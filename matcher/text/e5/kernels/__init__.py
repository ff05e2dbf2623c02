"""Compiled products of whole numbers; :mod:`matcher.text.e5.plain` is their twin."""
