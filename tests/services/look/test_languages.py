import pytest

from services.look.languages import wanted


@pytest.mark.parametrize(
    ("header", "chosen", "language"),
    [
        ("", None, "fi"),
        ("sv-FI,sv;q=0.9,en;q=0.5", None, "sv"),
        ("de, en;q=0.7, sv;q=0.8", None, "sv"),
        ("de", None, "fi"),
        ("sv;q=0, en", None, "en"),
        ("en;q=nonsense, sv;q=0.2", None, "sv"),
        ("en", "sv", "sv"),
        ("en", "<script>", "en"),
    ],
)
def test_a_reader_gets_the_language_asked_for(header, chosen, language):
    assert wanted(header, chosen) == language
