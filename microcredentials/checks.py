from iqas.core.unheld import holds_files

holds_files("microcredentials.Document", "sha256")
