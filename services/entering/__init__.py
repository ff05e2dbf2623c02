"""What the ways in for other systems share: files, the HTTP interface, requests over NATS."""
