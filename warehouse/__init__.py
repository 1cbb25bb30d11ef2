"""History: from PostgreSQL into the lake, its rollups and marts, reports, SQL and replay."""
