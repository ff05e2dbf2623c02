"""An encoder of a few lines, in place of a neural one."""

import numpy as np

LETTERS = "abcdefghijklmnopqrstuvwxyzåäö"


class Letters:
    """Counts letters: an encoder of a few lines that remembers what it was asked."""

    def __init__(self):
        self.asked, self.sizes = [], []

    def __call__(self, texts):
        self.asked += texts
        self.sizes.append(len(texts))
        return np.array([[1.0 + text.lower().count(c) for c in LETTERS] for text in texts])
