"""Somebody who has the whole database and its files, but not the key folder, and wants to know who answered what.

`copies` takes what such a person can take; `heap` and `journal` read what the engines leave in their files; `changes`
puts it in order; `attacks` guesses. Every guess is scored against the truth that only the test knows.
"""
