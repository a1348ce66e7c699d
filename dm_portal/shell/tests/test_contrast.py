"""Colours of the style sheet: whoever reads them can, in light and in dark."""

import re
from functools import cache
from math import cos, radians, sin

import pytest
from django.conf import settings

DARK = "@media screen and (prefers-color-scheme: dark)"
SHEET = settings.BASE_DIR / "static" / "css" / "portal.css"
TOKEN = re.compile(r"--([\w-]+): oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\);")
GROUNDS = ("surface", "surface-low", "surface-raised")
MEANINGS = ("good", "warn", "bad", "unknown")

Colour = tuple[float, float, float]

TEXT = [
    *((ink, ground) for ground in GROUNDS for ink in ("text", "text-quiet", "accent", *MEANINGS)),
    *(("text", f"{meaning}-low") for meaning in (*MEANINGS, "accent")),
    *((meaning, f"{meaning}-low") for meaning in (*MEANINGS, "accent")),
    *(("accent", f"{meaning}-low") for meaning in MEANINGS),
    *((ink, "unknown-low") for ink in ("text-quiet", "text")),
    *(("accent-text", ground) for ground in ("accent", "accent-strong")),
    *(("accent-strong", ground) for ground in (*GROUNDS, "accent-low")),
]
# Borders of inputs, marks and the ring around what has the focus: three to one is asked of them.
SIGNS = [(sign, ground) for ground in GROUNDS for sign in ("line-strong", "focus", "warn-mark")]


@cache
def tokens(theme: str) -> dict[str, Colour]:
    """The colours of a theme: those of the dark one replace the light ones they redefine."""
    light, dark = SHEET.read_text().split(DARK, 1)
    parts = {"light": light, "dark": light + dark.split("@layer base", 1)[0]}
    found = TOKEN.findall(parts[theme])
    return {name: (float(L) / 100, float(C), float(h)) for name, L, C, h in found}


def luminance(colour: Colour) -> float:
    """WCAG's relative luminance of an OKLCH colour (Ottosson's matrices), cut to sRGB."""
    lightness, chroma, hue = colour
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(max(part, 0), 1) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, ground: str, theme: str) -> float:
    lighter, darker = sorted(luminance(tokens(theme)[name]) for name in (ink, ground))[::-1]
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_21() -> None:
    white, black = luminance((1, 0, 0)), luminance((0, 0, 0))
    assert (white + 0.05) / (black + 0.05) == pytest.approx(21, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(ink: str, ground: str, theme: str) -> None:
    assert contrast(ink, ground, theme) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("sign", "ground"), SIGNS)
def test_signs_can_be_seen(sign: str, ground: str, theme: str) -> None:
    assert contrast(sign, ground, theme) >= 3


def test_the_dark_theme_redefines_every_colour() -> None:
    light = {name: tokens("light")[name] for name in tokens("light")}
    assert {name for name in light if tokens("dark")[name] == light[name]} == set()


def test_the_dark_theme_redefines_tokens_and_nothing_else() -> None:
    sheet = SHEET.read_text()
    assert sheet.count("prefers-color-scheme") == 1
    dark = sheet.split(DARK, 1)[1].split("@layer base", 1)[0]
    declared = re.findall(r"([\w-]+): ", re.sub(r"/\*.*?\*/", "", dark))
    assert [name for name in declared if not name.startswith("--")] == []
