"""Where jobs and results are kept: tables, engines, sessions, migrations."""
