"""The HTTP interface for other systems: ``/api/v1``, JSON in and out, keys instead of cookies."""
