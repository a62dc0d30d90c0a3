"""The documents of a proposal and of an edition: what they say, built from a version's data, and printed.

Nothing in this package reads the database. `sources` is what the selectors hand over; one module for each document turns
it into `content.Told`, in the language of the moment; `render` prints that with the engine of `iqas.ui.pdf`.
A document keeps what it was told as JSON, so that the job prints what was asked for, whatever happens meanwhile.
"""
