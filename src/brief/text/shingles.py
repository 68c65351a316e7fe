"""Hashes of all runs of words of a text: texts that share many of them share wording.

Broder 1997, "On the resemblance and containment of documents".
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_FACTOR = np.uint64(0x9E3779B99E3779B1)  # odd, so that no power of it vanishes modulo 2**64

Shingles = NDArray[np.uint64]


def shingles(words: Sequence[str], n_words: int) -> Shingles:
    """A hash of each `n_words` words in a row, in order: a polynomial of the words' own hashes.

    The lower halves are 32-bit hashes of their own, which kept sketches of articles are made of.

    Example:
        >>> a, b, c = shingles("new york new york".split(), 2)
        >>> a == c, a == b
        (True, False)
    """
    hashes = np.array([_hash(word) for word in words], np.uint64)
    n_shingles = max(len(words) - n_words + 1, 0)
    found = np.zeros(n_shingles, np.uint64)
    for offset in range(n_words):
        found = found * _FACTOR + hashes[offset : offset + n_shingles]  # modulo 2 ** 64
    return found


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    data = word.encode(errors="replace")
    return int.from_bytes(blake2b(data, digest_size=4).digest(), "big") << 32 | crc32(data)
