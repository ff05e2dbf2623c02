"""One file per change of tables; each context starts a branch of its own at ``kit_0001``."""
