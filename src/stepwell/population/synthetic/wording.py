"""How a meant dose gets written down: two house styles with many variants, as practices really write them.

Every variant of a clear instruction says exactly the regimen it is given; the unreadable ones say no number at all.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

from stepwell.population.synthetic.plan import Template, Words
from stepwell.population.synthetic.regimens import Regimen

_NUMBERS: dict[Fraction | int, str] = {
    Fraction(1, 2): "Half",
    1: "One",
    2: "Two",
    3: "Three",
    4: "Four",
    5: "Five",
    6: "Six",
    7: "Seven",
    8: "Eight",
    10: "Ten",
}
_OFTEN = {
    1: ("Each Day", "Once A Day", "Daily"),
    2: ("Twice A Day", "Twice Daily"),
    3: ("Three Times A Day",),
    4: ("Four Times A Day",),
}
_LATIN = {1: ("od", "daily"), 2: ("bd", "bd", "bid"), 3: ("tds", "tds", "tid"), 4: ("qds",)}
_ROMAN: dict[Fraction | int, str] = {1: "i", 2: "ii", 3: "iii"}
_WHEN = {
    "morning": "In The Morning",
    "lunchtime": "At Lunchtime",
    "teatime": "At Teatime",
    "night": "At Night",
}
_SHORT_WHEN = {
    "morning": ("mane", "om", "am"),
    "lunchtime": ("midday",),
    "teatime": ("teatime",),
    "night": ("nocte", "on", "pm"),
}
_NEEDED_LONG = ("When Required", "As Required", "When Required For Pain", "If Needed")
_NEEDED_SHORT = ("prn", "prn", "PRN", "when required", "prn for pain")
_UNREADABLE = (
    "As directed",
    "As Directed",
    "AS DIRECTED",
    "Use as directed",
    "mdu",
    "To Be Taken As Directed",
    "As directed by the hospital",
    "Take as instructed by pain clinic",
    "asd",
)
_NOISE = (" - Dispense Weekly", " (28 day supply)", ". May cause drowsiness", " - review due 01/03/2027")


def instruction(template: Template, rng: Random, house_style: str) -> str:
    """The dosage instruction of a template, as one practice would write it. "" where the plan leaves it blank."""
    if template.words is Words.BLANK:
        return ""
    if template.words is Words.UNREADABLE:
        return rng.choice(_UNREADABLE)
    short = rng.random() < (0.75 if house_style == "short" else 0.25)
    text = _short(template, rng) if short else _long(template, rng)
    if template.misspelt:
        text = _slip(text, rng)
    elif rng.random() < 0.06 and not template.product.is_patch:
        text += rng.choice(_NOISE)
    return text


def amount(value: Fraction | int) -> str:
    """A quantity as figures: 56, 2.5."""
    exact = Fraction(value)
    return str(exact.numerator) if exact.denominator == 1 else f"{float(exact):g}"


def _long(template: Template, rng: Random) -> str:
    regimen, unit = template.regimen, template.product.unit
    if regimen.shape == "patch":
        text = _long_patch(regimen, rng)
    elif regimen.shape == "parts":
        text = _long_parts(regimen, rng)
    else:
        text = _long_dose(regimen, unit, rng)
    chance = rng.random()
    if chance < 0.12:
        return text.upper()
    if chance < 0.24:
        return text[0] + text[1:].lower()
    return text


def _long_dose(regimen: Regimen, unit: str, rng: Random) -> str:
    dose = _range_words(regimen, unit, " Or " if rng.random() < 0.7 else " To ")
    frame = rng.random()
    if unit == "ml":
        head = f"{dose} To Be Taken"
    elif frame < 0.75:
        head = f"{dose} To Be Taken"
    elif frame < 0.9:
        head = f"Take {dose} {_plural(unit, regimen.high)}"
    else:
        head = f"{dose} {_plural(unit, regimen.high)}"
    words = [head]
    if regimen.shape == "times":
        words.append(rng.choice(_OFTEN[regimen.count]))
    elif regimen.shape == "hourly":
        words.append(f"Every {regimen.hours if rng.random() < 0.5 else _NUMBERS[regimen.hours]} Hours")
    if regimen.as_needed:
        words.append(rng.choice(_NEEDED_LONG))
    text = " ".join(words)
    if regimen.ceiling is not None:
        most = amount(regimen.ceiling) + (" ml" if unit == "ml" else "")
        text += rng.choice(
            (f", Maximum {most} In 24 Hours", f". No More Than {most} A Day", f" (Max {most} In 24 Hours)")
        )
    return text


def _range_words(regimen: Regimen, unit: str, join: str) -> str:
    if unit == "ml":
        if regimen.low == regimen.high:
            return f"{amount(regimen.low)}ml"
        return f"{amount(regimen.low)}ml To {amount(regimen.high)}ml"
    low, high = _NUMBERS[regimen.low], _NUMBERS[regimen.high]
    return low if low == high else f"{low}{join}{high}"


def _long_parts(regimen: Regimen, rng: Random) -> str:
    first, *rest = regimen.parts
    text = f"{_NUMBERS[first[1]]} To Be Taken {_WHEN[first[0]]}"
    for position, (when, value) in enumerate(rest):
        join = " And" if position == len(rest) - 1 else ","
        text += f"{join} {_NUMBERS[value]} {_WHEN[when]}"
    return text


def _long_patch(regimen: Regimen, rng: Random) -> str:
    word = _NUMBERS[regimen.worn]
    patches = "Patch" if regimen.worn == 1 else "Patches"
    head = rng.choice((f"Apply {word} {patches}", f"{word} {patches} To Be Applied"))
    days = regimen.hours // 24
    often = [f"Every {regimen.hours} Hours", f"Every {days} Days"]
    if days == 7:
        often = ["Every 7 Days", "Every 7 Days", "Once A Week", "Every Seven Days"]
    return f"{head} {rng.choice(often)}"


def _short(template: Template, rng: Random) -> str:
    regimen, unit = template.regimen, template.product.unit
    if regimen.shape == "patch":
        return _short_patch(regimen, rng)
    if regimen.shape == "parts":
        join = rng.choice((" ", ", ", " and "))
        return join.join(f"{amount(value)} {rng.choice(_SHORT_WHEN[when])}" for when, value in regimen.parts)
    strength = template.product.strength_mg
    if (
        strength is not None
        and regimen.low == regimen.high
        and template.strength_known
        and rng.random() < 0.08
    ):
        words = [f"{amount(regimen.low * strength)}mg"]
    else:
        words = [_short_dose(regimen, unit, rng)]
    if regimen.shape == "times":
        latin = rng.choice(_LATIN[regimen.count])
        chance = rng.random()
        spelled = chance >= 0.85 and regimen.count > 1
        words.append(f"{regimen.count} times a day" if spelled else latin.upper() if chance < 0.2 else latin)
    elif regimen.shape == "hourly":
        words.append(
            rng.choice((f"{regimen.hours} hourly", f"every {regimen.hours} hours", f"{regimen.hours} hrly"))
        )
    if regimen.as_needed:
        words.append(rng.choice(_NEEDED_SHORT))
    text = " ".join(words)
    if regimen.ceiling is not None:
        most = amount(regimen.ceiling) + ("ml" if unit == "ml" else "")
        text += rng.choice(
            (f", max {most} in 24 hours", f" max {most} a day", f", no more than {most} a day")
        )
    return text


def _short_dose(regimen: Regimen, unit: str, rng: Random) -> str:
    low, high = amount(regimen.low), amount(regimen.high)
    if unit == "ml":
        return f"{low}ml" if low == high else f"{low}-{high}ml"
    dose = low if low == high else f"{low}{rng.choice(('-', '-', ' or ', ' to '))}{high}"
    chance = rng.random()
    if chance < 0.08 and regimen.high in _ROMAN and regimen.low in _ROMAN:
        low, high = _ROMAN[regimen.low], _ROMAN[regimen.high]
        return low if low == high else f"{low}-{high}"
    if chance < 0.6:
        return dose
    return (
        f"{dose} {'tab' if unit == 'tablet' else 'cap'}{'' if regimen.high <= 1 else 's'}"
        if chance < 0.8
        else f"take {dose}"
    )


def _short_patch(regimen: Regimen, rng: Random) -> str:
    days = regimen.hours // 24
    count = amount(regimen.worn)
    patches = "patch" if regimen.worn == 1 else "patches"
    often = [f"every {regimen.hours} hours", f"every {days} days", f"every {days}/7"]
    if days == 7:
        often = ["weekly", "every 7 days", "every 7/7", "once a week"]
    return f"{count} {patches} {rng.choice(often)}"


def _plural(unit: str, most: Fraction) -> str:
    return unit.capitalize() + ("" if most <= 1 else "s")


def _slip(text: str, rng: Random) -> str:
    """Two neighbouring letters of one longer word change places, as typing does."""
    words = text.split(" ")
    long_ones = [index for index, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long_ones:
        return text
    at = rng.choice(long_ones)
    word = words[at]
    cut = rng.randrange(1, len(word) - 2)
    words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def loose_names(name: str) -> tuple[str, ...]:
    """How a product's name looks when it came without a code, from another system or typed in."""
    short = name.replace(" modified-release tablets", " MR tabs").replace(
        " modified-release capsules", " MR caps"
    )
    short = short.replace(" tablets", " tabs").replace(" capsules", " caps").replace("mg/500mg", "/500")
    return (f"{name} (imported record)", short)


def vague_name(substance: str, unit: str) -> str:
    """A name that tells the substance and not the strength."""
    return f"{substance.capitalize()} {unit}s"
