"""The paste box: a medication screen read for anybody, and nothing of it kept.

``answer`` (what knowledge says of a text), ``presenters`` and ``tapers`` (words and rows for the page), ``drawing`` (a
taper as a stair), ``views``. No model, no session, no log of the text.
"""
