-- What an agent did on a day is looked up by where the agent was reached, and by the agent's id on any PBX.
CREATE INDEX idx_legs_interface_answered ON legs (interface, answered_at);
CREATE INDEX idx_missed_rings_interface_rang ON missed_rings (interface, rang_at);
CREATE INDEX idx_presence_intervals_agent ON presence_intervals (agent_id, started_at);
