"""The processes of Vertaispiiri and the contexts they are made of."""
