"""Careful reading of files that somebody else wrote: shared by every importer, knowing no vendor.

``sources`` opens a folder, a zip or a single file as named members; ``delimited`` turns a member into rows with true line
numbers; ``headers`` finds columns by heading; ``cells`` and ``quantities`` turn text into dates, numbers and codes.
"""
