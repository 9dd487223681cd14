"""Text to tokens: numbers, words and phrases of the vocabulary, punctuation, each with its place in the text."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

from stepwell.knowledge.dosage.vocabulary import Node, Vocabulary, vocabulary

_FOLD = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "×": "x",
        "µ": "u",
        "μ": "u",
        "’": "'",
        "‘": "'",
        "\u00a0": " ",
        "\t": " ",
        "[": "(",
        "]": ")",
        "{": " ",
        "}": " ",
        "⁄": "/",
        "∕": "/",
    }
)

# What a web page left behind: a comma, a line end or room of the same length, so that every place stays where it was.
_MARKUP = re.compile(r"&(?:#\d{1,4}|[a-z]{2,6}\d{0,2});|<\s*/?\s*(?:br|p|li|div)\s*/?\s*>")
_MARKUP_SAID = {
    "&amp;": "&",
    "&#44;": ",",
    "&#39;": "'",
    "&#46;": ".",
    "&frac12;": "½",
    "&frac14;": "¼",
    "&frac34;": "¾",
    "&lt;": "<",
    "&gt;": ">",
}

_HUMPS = re.compile(r"[a-z](?=[A-Z])")

_LEXER = re.compile(
    r"(?P<date>\d{1,2}([/.-])\d{1,2}\2(?:\d{4}|\d\d)(?!\d))"
    r"|(?P<quantity_sign>#\s?\d+(?![\d/.-]))"
    r"|(?P<hour>(?:1[0-2]|0?[1-9])\s?[ap]\.?m\.?(?=\s?[:=]))"
    r"|(?P<clock>(?:[01]?\d|2[0-3])[:.][0-5]\d(?=\s?[ap]\.?m)|(?:[01]?\d|2[0-3]):[0-5]\d(?:\s?h(?:rs?)?(?![a-z]))?"
    r"|(?:[01]\d|2[0-3])\.[0-5]0(?![\d.])(?!\s?(?:ml|mg|mcg|g|tab))(?:\s?h(?:rs?)?(?![a-z]))?"
    r"|(?:[01]\d|2[0-3])[0-5]\d\s?h(?:rs?)?(?![a-z]))"
    r"|(?P<plural>\((?:s|es)\)|/s(?![a-z]))"
    r"|(?P<number>\d+(?:,\d{3}(?!\d))*(?:\.\d+)?|(?<![.\d])\.\d+)"
    r"|(?P<break>\*{2,}|~+|\|+)"
    r"|(?P<code>f2f(?![a-z])|egfr\s?[<>=]?\s?\d+(?![\d/.])|ckd\s?[1-5][ab]?(?![\w.])|t[12]dm(?![a-z])|vit(?:amin)?\s?b12|a&e(?![a-z]))"
    r"|(?P<beside>w/(?=\s?[a-z])(?!e(?![a-z])))"
    r"|(?P<dotted>[a-z](?:\.[a-z])+(?![a-z])\.?|[a-z](?:/[a-z])+(?![a-z]))"
    r"|(?P<word>[a-zé]+(?:'[a-z]+)?)"
    r"|(?P<part>[½¼¾])"
    r"|(?P<mark>[()/,.;:+&=%@!\n\r-])"
    r"|(?P<other_sign>(?<=\d)\*(?=\d))"
    r"|(?P<quiet>[ \"'_]+|\*|#(?!\s?\d))"
    r"|(?P<other>.)",
    re.DOTALL,
)

_POSTCODE = re.compile(r"(?<![a-z\d])([a-z]{1,2})\d[a-z\d]? \d[abd-hjlnp-uw-z]{2}(?![a-z\d])")
_POSTCODE_AREAS = frozenset(
    "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex fk fy g gl "
    "gu ha hd hg hp hr hs hu hx ig im ip iv ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw ol ox pa pe "
    "ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub uk w wa wc wd wf wn wr "
    "ws wv yo ze".split()
)
_PARTS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_MARKS = {
    "(": "open",
    ")": "close",
    "/": "slash",
    ",": "comma",
    ".": "stop",
    ";": "semicolon",
    ":": "comma",
    "+": "and",
    "&": "and",
    "=": "equals",
    "%": "percent",
    "@": "at",
    "!": "stop",
    "\n": "stop",
    "\r": "stop",
    "-": "dash",
}
_LONGEST_NUMBER = 5
_DIGITS_OF_A_TIME = 4


class Token:
    """One word, phrase, number or mark. ``start``/``end`` are places in the text; ``word`` is what stood there.

    ``behind`` is the kind of a silent word (a verb, a drug) that stood just before and was taken out.
    """

    __slots__ = ("behind", "end", "kind", "start", "value", "word")

    def __init__(self, kind: str, value: object, start: int, end: int, word: str) -> None:
        self.kind = kind
        self.value = value
        self.start = start
        self.end = end
        self.word = word
        self.behind = ""

    def __repr__(self) -> str:
        return f"{self.kind}:{self.word}"

    @property
    def number(self) -> Decimal:
        """The value of a number-carrying token."""
        assert isinstance(self.value, Decimal)
        return self.value


def fold(text: str) -> str:
    """Lower case and plain marks, every character in its old place."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    folded = lowered.translate(_FOLD)
    return _MARKUP.sub(_said_by_markup, folded) if "&" in folded or "<" in folded else folded


def _said_by_markup(match: re.Match[str]) -> str:
    written = match.group()
    said = _MARKUP_SAID.get(written, "." if written.startswith("<") else " ")
    return said.ljust(len(written))


def tokenize(text: str) -> tuple[list[Token], bool]:
    """The tokens of ``text`` and whether a spelling slip was mended on the way."""
    known = vocabulary()
    folded, postcodes = _without_postcodes(fold(text))
    raw = _raw_tokens(folded)
    if _HUMPS.search(text):
        raw = [piece for token in raw for piece in _humps(token, text, known)]
    if postcodes:
        raw = sorted([*raw, *postcodes], key=lambda token: token.start)
    _pair_clocks(raw)
    mended = _mend(raw, known)
    return _phrases(raw, known), mended


def _pair_clocks(raw: list[Token]) -> None:
    """ "0800 + 2000": two numbers of four digits that are times of day, with nothing but "and" between."""
    for first, middle, second in zip(raw, raw[1:], raw[2:], strict=False):
        if middle.kind in ("and", "slash", "comma") or middle.word == "and":
            if _is_time(first) and _is_time(second):
                for token in (first, second):
                    token.kind, token.value = "clock", int(token.word[:2]) * 60 + int(token.word[2:])


def _is_time(token: Token) -> bool:
    written = token.word
    if token.kind not in ("number", "digits") or len(written) != _DIGITS_OF_A_TIME or not written.isdigit():
        return False
    return written < "2400" and written[2:] in ("00", "15", "30", "45")


def _humps(token: Token, text: str, known: Vocabulary) -> list[Token]:
    """ "OneTabletDaily": the words a system ran together, where each is a word of dosing."""
    if token.kind != "word" or token.word in known.words:
        return [token]
    cuts = [token.start, *(m.end() for m in _HUMPS.finditer(text, token.start, token.end)), token.end]
    pieces = [
        Token("word", None, start, end, token.word[start - token.start : end - token.start])
        for start, end in itertools.pairwise(cuts)
    ]
    return pieces if all(piece.word in known.words for piece in pieces) else [token]


def _without_postcodes(folded: str) -> tuple[str, list[Token]]:
    """Postcodes blanked out, and a token for each: their digits are no dose."""
    found: list[Token] = []
    for match in _POSTCODE.finditer(folded):
        if match.group(1) in _POSTCODE_AREAS:
            start, end = match.span()
            found.append(Token("contact", None, start, end, "postcode"))
            folded = folded[:start] + " " * (end - start) + folded[end:]
    return folded, found


def _raw_tokens(folded: str) -> list[Token]:
    tokens: list[Token] = []
    numbers = vocabulary().never_near
    for match in _LEXER.finditer(folded):
        kind = match.lastgroup
        if kind in ("quiet", "plural") or (kind == "break" and not tokens):
            continue
        start, end, word = match.start(), match.end(), match.group()
        if kind == "word":
            if tokens and tokens[-1].word == word and tokens[-1].kind == "word" and word not in numbers:
                tokens[-1].end = end
                continue
            tokens.extend(_words(_of_interval(tokens, word, start), start, end))
        elif kind == "number":
            tokens.append(_number(word, start, end))
        elif word == "." and tokens and tokens[-1].word == "q" and tokens[-1].end == start:
            continue  # "change q. 1/52"
        elif kind == "mark":
            tokens.append(Token(_MARKS[word], None, start, end, word))
        elif kind == "dotted" and word not in _TWO_FACED:
            tokens.extend(_words(word.replace(".", "").replace("/", ""), start, end))
        elif word == ">" and tokens and tokens[-1].word == "not":
            tokens.append(Token("word", None, start, end, "over"))  # "not >40ml" is "not over 40ml"
        else:
            tokens.append(_other(str(kind), word, start, end))
    return tokens


def _minutes(word: str) -> int:
    """ "8am" and "10 pm" as minutes of the day."""
    hour = int("".join(char for char in word if char.isdigit())) % 12
    return (hour + 12 * ("p" in word)) * 60


def _other(kind: str, word: str, start: int, end: int) -> Token:
    """Dotted words, parts of one, times of the clock, dates, quantities; what nobody placed is unknown."""
    if word in _ARROWS:
        return Token("word", None, start, end, _ARROWS[word])
    if word in _TWO_FACED:
        return Token("ambiguous", None, start, end, word)
    if kind == "beside":
        return Token("word", None, start, end, "with")
    if kind == "part":
        return Token("fraction", _PARTS[word], start, end, word)
    if kind == "clock":
        digits = "".join(char for char in word if char.isdigit())
        return Token("clock", int(digits[:-2]) * 60 + int(digits[-2:]), start, end, word)
    if kind == "hour":
        return Token("clock", _minutes(word), start, end, word)
    return Token(_KINDS_OF_SIGNS.get(kind, "unknown"), None, start, end, word)


_KINDS_OF_SIGNS = {"quantity_sign": "contact", "date": "date", "break": "stop", "code": "prose"}
_ARROWS = {"↑": "increase", "↓": "reduce"}
_TWO_FACED = frozenset({"w/e"})
"""Weekend, or week ending."""

_INTERVAL_LETTERS = {"d": "days", "w": "weeks"}


def _of_interval(tokens: list[Token], word: str, start: int) -> str:
    """The letter in "q3d", "q1w": a day or a week only right behind such a number."""
    if word == "d" and tokens and tokens[-1].kind == "slash" and tokens[-1].end == start:
        return "day"  # "4x/d"
    if word not in _INTERVAL_LETTERS or len(tokens) < 2 or tokens[-1].kind != "number":
        return word
    tight = tokens[-1].end == start and tokens[-2].word == "q"
    return _INTERVAL_LETTERS[word] if tight else word


def _words(word: str, start: int, end: int) -> list[Token]:
    """One word, or the two that are often run together: "qdsprn", "mlbd"."""
    node = vocabulary().root.get(word)
    if node is None or node.kind != "split":
        return [Token("word", None, start, end, word)]
    first, second = str(node.value).split()
    return [
        Token("word", None, start, end - len(second), first),
        Token("word", None, end - len(second), end, second),
    ]


def _number(word: str, start: int, end: int) -> Token:
    plain = word.replace(",", "")
    whole = plain.partition(".")[0]
    if (
        len(whole) > _LONGEST_NUMBER
        or len(plain) > 2 * _LONGEST_NUMBER
        or (len(whole) > 1 and whole[0] == "0")
    ):
        return Token("digits", None, start, end, word)
    return Token("number", Decimal(plain), start, end, word)


def _mend(tokens: list[Token], known: Vocabulary) -> bool:
    mended = False
    for place, token in enumerate(tokens):
        if token.kind == "word" and token.word not in known.words:
            better = known.mend(token.word)
            if better is None and place + 1 < len(tokens):
                better = known.mend_number(token.word, tokens[place + 1].word)  # "thre times", "twce daily"
            if better is not None:
                token.word = better
                mended = True
    return mended


def _phrases(raw: list[Token], known: Vocabulary) -> list[Token]:
    """Words to the longest phrases the vocabulary knows; a word it does not know becomes ``unknown``."""
    tokens: list[Token] = []
    place = 0
    root = known.root
    while place < len(raw):
        token = raw[place]
        if token.kind != "word":
            tokens.append(token)
            place += 1
            continue
        node = root.get(token.word)
        best = None
        if node is not None:
            best = (node, place + 1) if node.kind is not None else None
            if node.next:
                best = _longest(node, raw, place + 1) or best
        if best is None:
            tokens.append(Token("unknown", None, token.start, token.end, token.word))
            place += 1
            continue
        found, after = best
        assert found.kind is not None
        word = token.word if after == place + 1 else " ".join(part.word for part in raw[place:after])
        tokens.append(Token(found.kind, found.value, token.start, raw[after - 1].end, word))
        place = after
    return tokens


def _longest(node: Node, raw: list[Token], place: int) -> tuple[Node, int] | None:
    best: tuple[Node, int] | None = None
    while place < len(raw):
        token = raw[place]
        if token.kind == "dash" and place + 1 < len(raw) and raw[place + 1].start == token.end:
            place += 1
            continue
        word = "and" if token.kind == "and" else token.word
        following = node.next.get(word)
        if following is None:
            break
        node = following
        place += 1
        if node.kind is not None:
            best = (node, place)
    return best
