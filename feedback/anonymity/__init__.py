"""How answers and people are kept apart.

`keys`, `tokens`, `addresses`, `sealing`, `drafts` and `groups` are pure: bytes in, bytes out.
`mixer` and `compaction` work on the database. The design is docs/adr/0005-sealed-inbox.md.
"""
