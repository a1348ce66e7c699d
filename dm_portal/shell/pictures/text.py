"""How wide words are before a browser has measured them: SVG text neither wraps nor yields.

The widths are those of DejaVu Sans, the widest of the system fonts that the style sheet asks for.
"""

from unicodedata import east_asian_width

WIDTHS = {
    0.36: "ijlIJ' .,·:;|/-",
    0.44: "ftr()[]!",
    0.82: "wGOQDHNU&",
    1.0: "mMW—@%…",
}
WIDTH = {character: width for width, characters in WIDTHS.items() for character in characters}
LATIN_ENDS = 0x300
BOLD = 1.12


def width_of(text: str, *, size: float, bold: bool = False) -> float:
    """An upper estimate in px for text of ``size`` px."""
    return sum(_advance(character) for character in text) * size * (BOLD if bold else 1)


def _advance(character: str) -> float:
    if character in WIDTH:
        return WIDTH[character]
    if ord(character) >= LATIN_ENDS or east_asian_width(character) in "WF":
        return 1.1
    return 0.74 if character.isupper() else 0.65


def fit(text: str, *, size: float, width: float, bold: bool = False) -> str:
    """``text``, shortened with "…" where it would not fit; the whole of it stands in the table."""
    if width_of(text, size=size, bold=bold) <= width:
        return text
    shorter = (f"{text[:end].rstrip()}…" for end in range(len(text) - 1, 0, -1))
    return next((each for each in shorter if width_of(each, size=size, bold=bold) <= width), "…")


def first_fitting(texts: list[str], *, size: float, width: float) -> str:
    """The first of ``texts`` (from long to short) that fits, or the last one, shortened."""
    fitting = (text for text in texts if width_of(text, size=size) <= width)
    return next(fitting, None) or fit(texts[-1], size=size, width=width)
