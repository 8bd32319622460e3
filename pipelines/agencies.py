"""News agencies: one canonical name for each, the forms it is credited by, and where a credit is cut from the text."""

from __future__ import annotations

import re

# Canonical name -> the forms that credits use, besides the name itself.
AGENCIES: dict[str, tuple[str, ...]] = {
    "AFP": ("Agence France-Presse",),
    "ANI": ("Asian News International",),
    "ANSA": (),
    "AP": ("Associated Press", "The Associated Press"),
    "Bernama": (),
    "Bloomberg": (),
    "dpa": ("Deutsche Presse-Agentur",),
    "EFE": ("Agencia EFE",),
    "Europa Press": (),
    "IANS": ("Indo-Asian News Service",),
    "Interfax": (),
    "Kyodo": ("Kyodo News",),
    "PA": ("PA Media", "Press Association"),
    "PTI": ("Press Trust of India",),
    "Reuters": ("Thomson Reuters",),
    "TASS": ("ITAR-TASS",),
    "UNI": ("United News of India",),
    "UPI": ("United Press International",),
    "Xinhua": ("Xinhua News Agency",),
}
BY_FORM = {form.casefold(): name for name, forms in AGENCIES.items() for form in (name, *forms)}
FORM = "|".join(sorted((re.escape(f) for f in BY_FORM), key=len, reverse=True))
# "(IANS)", "– Reuters", "—AFP" or "/ANI" as the last thing of the text.
CREDIT_AT_END = re.compile(rf"\s*(?:[(\[]\s*({FORM})\s*[)\]]|[—–/]\s*({FORM})|--\s*({FORM}))\.?\s*$", re.IGNORECASE)


def canonical(credit: str | None) -> str | None:
    """The agency's canonical name, or None where the credit names none that is known."""
    return BY_FORM.get(credit.strip(" .()[]—–-/").casefold()) if credit else None


def cut_credit(text: str) -> tuple[str, str | None, str]:
    """The text without the credit at its end, the agency's canonical name, and the span that was cut."""
    match = CREDIT_AT_END.search(text)
    if not match:
        return text, None, ""
    return text[: match.start()].rstrip(), canonical(next(filter(None, match.groups()))), match[0].strip()
