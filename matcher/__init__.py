"""The matcher: values in, values out; the same input and seed give the same answer."""

from matcher.check import check_proposal
from matcher.grouping import Grouping, form_groups
from matcher.pool import Pool
from matcher.text import encode_texts, explain

__all__ = ["Grouping", "Pool", "check_proposal", "encode_texts", "explain", "form_groups"]
