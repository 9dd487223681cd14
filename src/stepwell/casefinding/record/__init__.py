"""One person's page: their record from the lake beside who they are, charts, words and downloads.

It stands here and not in ``people``, which knows nothing of the lake: this floor may ask both.
"""
