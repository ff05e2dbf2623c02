"""Texts to rows: the interface that other parts and other systems use."""

from collections.abc import Sequence

from scipy.sparse import csr_array

from matcher.text.encoders import encoder_named
from matcher.text.fusion import fused_rows
from matcher.text.kept import all_features, with_dense


def encode_texts(texts: Sequence[str], langs: Sequence[str], *, encoder: str = "auto") -> csr_array:
    """
    Encode texts so that the product of two rows is how alike their texts are.

    Parameters
    ----------
    texts
        ``n`` texts in any of the languages, mixed as they come.
    langs
        Language of each: ``fi``, ``sv``, ``en``, or empty when unknown.
    encoder
        ``builtin``, ``neural``, ``auto`` (neural when it is installed), or the path of a folder
        with a sentence-transformers model.

    Returns
    -------
    csr_array
        Shape ``(n, features)``, rows of length 1 (or 0 for a text without content). Columns
        mean the same in every call; centres and rarity are taken over the texts given.

    Raises
    ------
    ValueError
        When the numbers of texts and languages differ, or there is no such encoder.
    """
    if len(texts) != len(langs):
        raise ValueError(f"one language per text is needed, got {len(langs)} for {len(texts)}")
    chosen = encoder_named(encoder)
    return fused_rows(with_dense(all_features(texts, langs), texts, chosen))
