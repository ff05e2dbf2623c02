"""The shared language of Vertaispiiri: frozen values that cross boundaries."""
