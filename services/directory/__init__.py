"""Units, regions and change agents: the network directory."""
