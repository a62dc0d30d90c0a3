"""Countries by the names and nationalities that lists are written with: ISO 3166-1 alpha-2 → words, folded."""

from __future__ import annotations

COUNTRIES = {
    "ES": ("espana", "espanola", "espanol", "spain", "spanish"),
    "PT": ("portugal", "portuguesa", "portugues", "portuguese"),
    "FR": ("francia", "francesa", "frances", "france", "french"),
    "IT": ("italia", "italiana", "italiano", "italy", "italian"),
    "DE": ("alemania", "alemana", "aleman", "germany", "german"),
    "GB": ("reino unido", "britanica", "britanico", "united kingdom", "british", "uk"),
    "RO": ("rumania", "rumana", "rumano", "romania", "romanian"),
    "MA": ("marruecos", "marroqui", "morocco", "moroccan"),
    "UA": ("ucrania", "ucraniana", "ucraniano", "ukraine", "ukrainian"),
    "CN": ("china", "chino", "chinese"),
    "CO": ("colombia", "colombiana", "colombiano", "colombian"),
    "VE": ("venezuela", "venezolana", "venezolano", "venezuelan"),
    "EC": ("ecuador", "ecuatoriana", "ecuatoriano", "ecuadorian"),
    "PE": ("peru", "peruana", "peruano", "peruvian"),
    "AR": ("argentina", "argentino", "argentinian"),
    "MX": ("mexico", "mexicana", "mexicano", "mexican"),
    "BR": ("brasil", "brasilena", "brasileno", "brazil", "brazilian"),
    "CU": ("cuba", "cubana", "cubano", "cuban"),
    "US": ("estados unidos", "estadounidense", "united states", "american", "usa"),
}
