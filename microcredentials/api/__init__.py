"""The API of micro-credentials: shapes and views that call one service or selector each. No rule stands here."""
