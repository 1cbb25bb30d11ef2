-- An agent's desk looks up what a caller called about before, while it rings.
CREATE INDEX call_sessions_from ON call_sessions (tenant_id, from_number, started_at) WHERE direction = 'inbound';
CREATE INDEX call_sessions_to ON call_sessions (tenant_id, to_number, started_at) WHERE direction = 'outbound';
