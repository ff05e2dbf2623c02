"""The warm pool: who shares a challenge, which groups."""
