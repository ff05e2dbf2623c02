"""The matcher: values in, values out; the same input and seed give the same answer."""

from matcher.grouping import Grouping, form_groups
from matcher.text import encode_texts, explain

__all__ = ["Grouping", "encode_texts", "explain", "form_groups"]
