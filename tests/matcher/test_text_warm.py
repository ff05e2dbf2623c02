import subprocess
import sys

CODE = """
from matcher.text import lexis
from matcher.text.warm import warm

made = []

class Encoder:
    name = "some"

    def __call__(self, texts):
        made.extend(texts)
        return [__import__("numpy").ones(3, "f4") for _ in texts]

warm(Encoder())
print(sorted(lexis._held), len(made))
"""


def test_a_warm_process_has_read_every_language_and_asked_its_encoder():
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['en', 'fi', 'sv'] 3"
