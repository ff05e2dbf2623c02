"""The matcher: values in, values out; the same input gives the same answer."""

from matcher.text import encode_texts, explain

__all__ = ["encode_texts", "explain"]
