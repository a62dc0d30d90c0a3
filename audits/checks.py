from iqas.core.unheld import holds_files

holds_files("audits.Dossier", "sha256")
