-- What the published tables and their columns mean.

COMMENT ON TABLE mart.calls IS 'One row a call: everything from its first channel to its last hangup';
COMMENT ON COLUMN mart.calls.call_id IS 'The call''s name everywhere: PBX and Linkedid';
COMMENT ON COLUMN mart.calls.pbx IS 'The PBX, by its system name';
COMMENT ON COLUMN mart.calls.direction IS 'inbound, outbound or internal';
COMMENT ON COLUMN mart.calls.from_number IS 'The caller''s number';
COMMENT ON COLUMN mart.calls.from_name IS 'The caller''s name as the network gave it';
COMMENT ON COLUMN mart.calls.to_number IS 'The number that was called';
COMMENT ON COLUMN mart.calls.status IS 'queued, ringing, connected, on_hold or ended';
COMMENT ON COLUMN mart.calls.certainty IS 'provisional until the PBX''s own files confirmed it, then final';
COMMENT ON COLUMN mart.calls.merged_into IS 'The call that this one was joined to; it is then no contact of its own';
COMMENT ON COLUMN mart.calls.started_at IS 'When the first channel came to be';
COMMENT ON COLUMN mart.calls.answered_at IS 'When the call was first answered by a person';
COMMENT ON COLUMN mart.calls.ended_at IS 'When the last channel hung up; null while it lasts';
COMMENT ON COLUMN mart.calls.hangup_cause IS 'The Q.850 number';
COMMENT ON COLUMN mart.calls.outcome IS 'answered, abandoned, timeout, no_answer, busy, failed, voicemail or other';
COMMENT ON COLUMN mart.calls.agent_id IS 'The agent on the call, else the last one';
COMMENT ON COLUMN mart.calls.duration IS 'Seconds of talk and hold of all legs; null where nobody answered';
COMMENT ON COLUMN mart.calls.disposition IS 'How the agent filed the call';
COMMENT ON COLUMN mart.calls.notes IS 'What the agent wrote';

COMMENT ON TABLE mart.stints IS 'One row a stay of a call in a queue';
COMMENT ON COLUMN mart.stints.call_id IS 'The call';
COMMENT ON COLUMN mart.stints.ordinal IS 'Number within the call, from 0, in the order entered';
COMMENT ON COLUMN mart.stints.pbx IS 'The PBX';
COMMENT ON COLUMN mart.stints.queue IS 'The queue';
COMMENT ON COLUMN mart.stints.uniqueid IS 'The channel that waited';
COMMENT ON COLUMN mart.stints.entered_at IS 'When the caller entered the queue';
COMMENT ON COLUMN mart.stints.left_at IS 'When the caller left it; null while waiting';
COMMENT ON COLUMN mart.stints.position IS 'Place in the queue on entering; 1 is next';
COMMENT ON COLUMN mart.stints.outcome IS
  'answered, abandoned, timeout, exit_key, exit_empty, withdrawn, system; join_empty and full were not let in';
COMMENT ON COLUMN mart.stints.wait_s IS 'Seconds from entering to leaving';
COMMENT ON COLUMN mart.stints.agent IS 'Who took the caller';

COMMENT ON TABLE mart.legs IS 'One row an agent''s part in a call';
COMMENT ON COLUMN mart.legs.call_id IS 'The call';
COMMENT ON COLUMN mart.legs.ordinal IS 'Number within the call, from 0';
COMMENT ON COLUMN mart.legs.pbx IS 'The PBX';
COMMENT ON COLUMN mart.legs.stint IS 'Ordinal of the stint that brought it; null for transfers and dialled calls';
COMMENT ON COLUMN mart.legs.agent IS 'The agent';
COMMENT ON COLUMN mart.legs.interface IS 'Where the agent was reached';
COMMENT ON COLUMN mart.legs.rang_at IS 'When it began to ring; null for who dialled';
COMMENT ON COLUMN mart.legs.answered_at IS 'When the agent was connected';
COMMENT ON COLUMN mart.legs.ended_at IS 'When the agent left; null while it lasts';
COMMENT ON COLUMN mart.legs.talk_s IS 'Seconds of conversation without hold';
COMMENT ON COLUMN mart.legs.hold_s IS 'Seconds on hold by either side';
COMMENT ON COLUMN mart.legs.holds IS 'How often it was held';
COMMENT ON COLUMN mart.legs.ended_by IS 'caller, agent, transfer or system';
COMMENT ON COLUMN mart.legs.transfer_kind IS 'blind or attended';
COMMENT ON COLUMN mart.legs.transfer_to IS 'The extension or number it was transferred to';
COMMENT ON COLUMN mart.legs.mos IS 'How it sounded: MOS, 1 to 4.5; null without an RTCP report';
COMMENT ON COLUMN mart.legs.mos_method IS 'How that was reckoned: e_model_rtcp';

COMMENT ON TABLE mart.missed_rings IS 'One row a ring to an agent that was not answered';
COMMENT ON COLUMN mart.missed_rings.call_id IS 'The call';
COMMENT ON COLUMN mart.missed_rings.ordinal IS 'Number within the call, from 0';
COMMENT ON COLUMN mart.missed_rings.pbx IS 'The PBX';
COMMENT ON COLUMN mart.missed_rings.stint IS 'Ordinal of the stint that rang';
COMMENT ON COLUMN mart.missed_rings.agent IS 'The agent';
COMMENT ON COLUMN mart.missed_rings.interface IS 'Where it rang';
COMMENT ON COLUMN mart.missed_rings.rang_at IS 'When it began to ring';
COMMENT ON COLUMN mart.missed_rings.ring_s IS 'Seconds it rang; 0 for a busy or refusing phone';

COMMENT ON TABLE mart.presence_intervals IS 'One row a span an agent spent in one state; the present one is not in here yet';
COMMENT ON COLUMN mart.presence_intervals.pbx IS 'The PBX';
COMMENT ON COLUMN mart.presence_intervals.agent_id IS 'The agent';
COMMENT ON COLUMN mart.presence_intervals.state IS
  'offline, available, ringing, on_call, on_hold, wrap_up or paused';
COMMENT ON COLUMN mart.presence_intervals.reason IS 'Why paused, or in wrap-up';
COMMENT ON COLUMN mart.presence_intervals.started_at IS 'From then on';
COMMENT ON COLUMN mart.presence_intervals.ended_at IS 'Until then, exclusive';

COMMENT ON TABLE mart.reconciliation IS
  'One row a call that was held against what its PBX wrote itself: queue_log, CEL and CDR, fact by fact';
COMMENT ON COLUMN mart.reconciliation.call_id IS 'The call; one that is not in calls is known to a file alone';
COMMENT ON COLUMN mart.reconciliation.pbx IS 'The PBX';
COMMENT ON COLUMN mart.reconciliation.started_at IS 'When it began';
COMMENT ON COLUMN mart.reconciliation.ended_at IS 'When it ended';
COMMENT ON COLUMN mart.reconciliation.verdict IS
  'The worst of its facts: agree, explained (a rule says why two differ) or unexplained';
COMMENT ON COLUMN mart.reconciliation.agreed IS 'Facts in which both say the same';
COMMENT ON COLUMN mart.reconciliation.explained IS 'Facts in which they differ by a rule';
COMMENT ON COLUMN mart.reconciliation.unexplained IS 'Facts in which they differ and nothing says why';
COMMENT ON COLUMN mart.reconciliation.rules IS 'The rules that explain some of it: `trunkline reconcile` says what each means';
COMMENT ON COLUMN mart.reconciliation.differences IS
  'The facts that do not agree, as JSON: subject (a path in the call), ours, source, theirs, verdict, rule';

COMMENT ON TABLE mart.queues IS 'One row a queue, with the thresholds that its numbers are counted with';
COMMENT ON COLUMN mart.queues.pbx IS 'The PBX';
COMMENT ON COLUMN mart.queues.queue IS 'The queue''s id';
COMMENT ON COLUMN mart.queues.name IS 'The queue''s name for people';
COMMENT ON COLUMN mart.queues.service_level_s IS 'Answered within so many seconds is in time';
COMMENT ON COLUMN mart.queues.short_abandon_s IS 'Abandoned within so many seconds is a short abandon';
COMMENT ON COLUMN mart.queues.wrapup_s IS 'Seconds an agent has after a call';
COMMENT ON COLUMN mart.queues.target IS 'The service level to reach, 0 to 1';

COMMENT ON TABLE mart.q15 IS
  'Countable facts of stints by queue and quarter of an hour of arrival: sum any of them over any range. No row: nobody arrived';
COMMENT ON COLUMN mart.q15.pbx IS 'The PBX';
COMMENT ON COLUMN mart.q15.queue IS 'The queue';
COMMENT ON COLUMN mart.q15.interval_start IS 'Start of the quarter of an hour in which the stints were entered';
COMMENT ON COLUMN mart.q15.offered IS 'Stints let in: answered, abandoned, flow_out and still waiting';
COMMENT ON COLUMN mart.q15.answered IS 'Stints that reached an agent';
COMMENT ON COLUMN mart.q15.abandoned IS 'Stints that ended by the caller''s hanging up';
COMMENT ON COLUMN mart.q15.short_abandoned IS 'Of abandoned: within the short-abandon time';
COMMENT ON COLUMN mart.q15.flow_out IS 'Stints that ended by timeout, key, an empty queue or the system';
COMMENT ON COLUMN mart.q15.refused IS 'Stints not let in by a full or empty queue; not offered';
COMMENT ON COLUMN mart.q15.answered_in_sl IS 'Of answered: within the threshold';
COMMENT ON COLUMN mart.q15.abandoned_in_sl IS 'Of abandoned: within the threshold';
COMMENT ON COLUMN mart.q15.pbx_abandoned IS 'What Asterisk itself counts as abandoned: timeouts and all but exits by key';
COMMENT ON COLUMN mart.q15.pbx_abandoned_in_sl IS 'Of pbx_abandoned: within the threshold';
COMMENT ON COLUMN mart.q15.wait_answered_s IS 'Seconds waited by the answered';
COMMENT ON COLUMN mart.q15.wait_abandoned_s IS 'Seconds waited by the abandoned';
COMMENT ON COLUMN mart.q15.wait_s IS 'Seconds waited by all who left the queue';
COMMENT ON COLUMN mart.q15.missed IS 'Rings to agents that were not answered';
COMMENT ON COLUMN mart.q15.handled IS 'Ended conversations of these stints';
COMMENT ON COLUMN mart.q15.talk_s IS 'Seconds of conversation of handled';
COMMENT ON COLUMN mart.q15.hold_s IS 'Seconds on hold of handled';
COMMENT ON COLUMN mart.q15.wrap_s IS 'Seconds of wrap-up that handled entitled to';

COMMENT ON TABLE mart.metrics IS 'One row a metric: what each column of the marts means';
COMMENT ON COLUMN mart.metrics.name IS 'The column''s name';
COMMENT ON COLUMN mart.metrics.title IS 'The name for people';
COMMENT ON COLUMN mart.metrics.unit IS 'stints, rings, ratio (0 to 1) or s';
COMMENT ON COLUMN mart.metrics.meaning IS 'In words';
COMMENT ON COLUMN mart.metrics.source IS 'Whose definition it is';
COMMENT ON COLUMN mart.metrics.formula IS 'Of the columns of q15, in words';
COMMENT ON COLUMN mart.metrics.sql IS 'Of the columns of q15, as an aggregate expression';

COMMENT ON TABLE mart.published IS 'One row: how fresh this file is';
COMMENT ON COLUMN mart.published.load_id IS 'The load that it was published after';
COMMENT ON COLUMN mart.published.watermark IS 'All that was stored before then is in here';

COMMENT ON VIEW mart.service_level IS
  'Service level and its neighbours by queue and quarter of an hour of arrival (UTC); ratios are null where nothing counted';
COMMENT ON COLUMN mart.service_level.interval_start IS 'Start of the quarter of an hour';
COMMENT ON COLUMN mart.service_level.pbx IS 'The PBX';
COMMENT ON COLUMN mart.service_level.queue IS 'The queue''s id';
COMMENT ON COLUMN mart.service_level.name IS 'The queue''s name for people';
