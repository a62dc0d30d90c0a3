"""The dossier: a frozen snapshot in, one PDF/A-3a + PDF/UA-1 file out.

Nothing in this package reads the database: `content` reads the snapshot, `render` prints it with the engine of
`iqas.ui.pdf`, `manifest` lists what it vouches for.
"""
