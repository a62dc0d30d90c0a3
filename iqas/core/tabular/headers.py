"""Which column is which: headers as people write them, brought to the names the code uses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


def folded(text: str) -> str:
    """Lower case, no accents, every run of other signs one space: `" Título_(ES) "` → `"titulo es"`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()


@dataclass(frozen=True)
class Headers:
    """The columns a file may have: field name → the headers that mean it, in any language.

    The field name itself is always understood. Raises ValueError when one header would mean two fields.
    """

    synonyms: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        self._by_key()

    def field_for(self, header: str) -> str | None:
        return self._by_key().get(folded(header))

    def recognised(self, headers: Iterable[str]) -> int:
        return sum(self.field_for(header) is not None for header in headers)

    def _by_key(self) -> dict[str, str]:
        meanings: dict[str, str] = {}
        for field, words in self.synonyms.items():
            for key in {folded(field), *map(folded, words)}:
                if meanings.setdefault(key, field) != field:
                    raise ValueError(f"The header “{key}” means both {meanings[key]} and {field}")
        return meanings
