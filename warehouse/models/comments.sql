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
COMMENT ON COLUMN mart.legs.queue IS 'The queue of that stint';
COMMENT ON COLUMN mart.legs.agent_id IS 'The agent, as in agents: who is reached there now, else the interface';
COMMENT ON COLUMN mart.legs.agent IS 'The agent by the name that the PBX had then';
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
COMMENT ON COLUMN mart.legs.filed_as IS 'The call''s disposition: how the agent filed it';
COMMENT ON COLUMN mart.legs.is_again IS
  'Whether the agent had several conversations in this call that began in different quarters of an hour';

COMMENT ON TABLE mart.missed_rings IS 'One row a ring to an agent that was not answered';
COMMENT ON COLUMN mart.missed_rings.call_id IS 'The call';
COMMENT ON COLUMN mart.missed_rings.ordinal IS 'Number within the call, from 0';
COMMENT ON COLUMN mart.missed_rings.pbx IS 'The PBX';
COMMENT ON COLUMN mart.missed_rings.stint IS 'Ordinal of the stint that rang';
COMMENT ON COLUMN mart.missed_rings.agent_id IS 'The agent, as in agents: who is reached there now, else the interface';
COMMENT ON COLUMN mart.missed_rings.agent IS 'The agent by the name that the PBX had then';
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

COMMENT ON TABLE mart.agents IS
  'One row an agent: the tenant''s own, and whoever else took its calls';
COMMENT ON COLUMN mart.agents.pbx IS 'The PBX';
COMMENT ON COLUMN mart.agents.agent_id IS 'The agent';
COMMENT ON COLUMN mart.agents.name IS 'The agent''s name';
COMMENT ON COLUMN mart.agents.interface IS 'Where the agent is reached now; null where that is not known any more';
COMMENT ON COLUMN mart.agents.extension IS 'The agent''s number';

COMMENT ON TABLE mart.recordings IS
  'One row a recording';
COMMENT ON COLUMN mart.recordings.call_id IS 'The call';
COMMENT ON COLUMN mart.recordings.ordinal IS 'Number within the call, from 0';
COMMENT ON COLUMN mart.recordings.pbx IS 'The PBX';
COMMENT ON COLUMN mart.recordings.file IS 'The file, as the PBX named it';
COMMENT ON COLUMN mart.recordings.started_at IS 'When it began';
COMMENT ON COLUMN mart.recordings.ended_at IS 'When it ended';

COMMENT ON TABLE mart.corrections IS
  'One row a time that the PBX''s own files put a call right that was not heard whole';
COMMENT ON COLUMN mart.corrections.call_id IS 'The call';
COMMENT ON COLUMN mart.corrections.version IS 'The call''s version after it';
COMMENT ON COLUMN mart.corrections.corrected_at IS 'When';
COMMENT ON COLUMN mart.corrections.cause IS 'Why the call was not heard whole';
COMMENT ON COLUMN mart.corrections.appeared IS 'Whether the call had not been heard of at all';
COMMENT ON COLUMN mart.corrections.fields IS 'Old and new value of each field by its path, as JSON';

COMMENT ON TABLE mart.gaps IS
  'One row a span in which a source of a PBX was not heard; which calls it concerns is not known';
COMMENT ON COLUMN mart.gaps.id IS 'Its number';
COMMENT ON COLUMN mart.gaps.pbx IS 'The PBX';
COMMENT ON COLUMN mart.gaps.source IS 'ami, queue_log, cel, cdr or kafka';
COMMENT ON COLUMN mart.gaps.cause IS 'Why';
COMMENT ON COLUMN mart.gaps.started_at IS 'From then on';
COMMENT ON COLUMN mart.gaps.ended_at IS 'Until then; null while it lasts';

COMMENT ON TABLE mart.agent15 IS
  'Countable facts of agents by quarter of an hour: sum any of them over any range. No row: offline, and nothing happened';
COMMENT ON COLUMN mart.agent15.pbx IS 'The PBX';
COMMENT ON COLUMN mart.agent15.agent_id IS 'The agent';
COMMENT ON COLUMN mart.agent15.interval_start IS 'Start of the quarter of an hour';
COMMENT ON COLUMN mart.agent15.available_s IS
  'Seconds available; time in a state is split over the quarters it lies in';
COMMENT ON COLUMN mart.agent15.ringing_s IS 'Seconds in which the phone rang';
COMMENT ON COLUMN mart.agent15.on_call_s IS 'Seconds in conversation; calls at once count once';
COMMENT ON COLUMN mart.agent15.on_hold_s IS 'Seconds with the caller on hold';
COMMENT ON COLUMN mart.agent15.wrap_up_s IS 'Seconds in wrap-up';
COMMENT ON COLUMN mart.agent15.paused_s IS 'Seconds paused';
COMMENT ON COLUMN mart.agent15.handled IS 'Ended conversations; each belongs to the quarter in which it was answered';
COMMENT ON COLUMN mart.agent15.from_queue IS 'Of handled: out of a queue';
COMMENT ON COLUMN mart.agent15.dialled IS 'Of handled: begun by the agent';
COMMENT ON COLUMN mart.agent15.talk_s IS 'Seconds of conversation of handled';
COMMENT ON COLUMN mart.agent15.hold_s IS 'Seconds on hold of handled';
COMMENT ON COLUMN mart.agent15.held IS 'Of handled: with hold';
COMMENT ON COLUMN mart.agent15.missed IS 'Rings that were not answered';
COMMENT ON COLUMN mart.agent15.transferred IS 'Of handled: sent on by the agent';
COMMENT ON COLUMN mart.agent15.transferred_queue IS 'Of transferred: into a queue';
COMMENT ON COLUMN mart.agent15.transferred_internal IS 'Of transferred: to another agent, or an agent''s extension';
COMMENT ON COLUMN mart.agent15.transferred_external IS 'Of transferred: anywhere else';
COMMENT ON COLUMN mart.agent15.mos_legs IS 'Of handled: those with a MOS';
COMMENT ON COLUMN mart.agent15.mos_sum IS 'Sum of their MOS';

COMMENT ON TABLE mart.wait_day IS
  'How long those waited who left the queue, by bin: sum n over any range';
COMMENT ON COLUMN mart.wait_day.pbx IS 'The PBX';
COMMENT ON COLUMN mart.wait_day.queue IS 'The queue';
COMMENT ON COLUMN mart.wait_day.day IS 'The day of arrival, in UTC';
COMMENT ON COLUMN mart.wait_day.outcome IS 'answered, abandoned or flow_out';
COMMENT ON COLUMN mart.wait_day.bin IS 'The bin''s number: see wait_bins';
COMMENT ON COLUMN mart.wait_day.n IS 'How many waited so long';
COMMENT ON COLUMN mart.wait_day.longest_s IS 'The longest wait of them, exact';

COMMENT ON TABLE mart.wait_month IS
  'The same by month';
COMMENT ON COLUMN mart.wait_month.pbx IS 'The PBX';
COMMENT ON COLUMN mart.wait_month.queue IS 'The queue';
COMMENT ON COLUMN mart.wait_month.month IS 'The first day of the month of arrival, in UTC';
COMMENT ON COLUMN mart.wait_month.outcome IS 'answered, abandoned or flow_out';
COMMENT ON COLUMN mart.wait_month.bin IS 'The bin''s number: see wait_bins';
COMMENT ON COLUMN mart.wait_month.n IS 'How many waited so long';
COMMENT ON COLUMN mart.wait_month.longest_s IS 'The longest wait of them, exact';

COMMENT ON TABLE mart.wait_bins IS
  'The bins of waits: each ends four per cent above the one before';
COMMENT ON COLUMN mart.wait_bins.bin IS 'Its number';
COMMENT ON COLUMN mart.wait_bins.above_s IS 'Waits longer than that';
COMMENT ON COLUMN mart.wait_bins.up_to_s IS 'And up to that, inclusive';
COMMENT ON COLUMN mart.wait_bins.value_s IS 'What stands for the waits in it: off by two per cent at most';

COMMENT ON TABLE mart.dim_interval IS
  'What each quarter of an hour is called in a zone: join it by interval_start to count by local time';
COMMENT ON COLUMN mart.dim_interval.zone IS 'The zone';
COMMENT ON COLUMN mart.dim_interval.interval_start IS 'Start of the quarter of an hour';
COMMENT ON COLUMN mart.dim_interval.local_start IS 'The same by the clocks of the zone';
COMMENT ON COLUMN mart.dim_interval.local_date IS 'The day there';
COMMENT ON COLUMN mart.dim_interval.weekday IS '1 for Monday to 7 for Sunday';
COMMENT ON COLUMN mart.dim_interval.hour IS
  '0 to 23; one that comes twice has eight quarters, one that is skipped none';

COMMENT ON TABLE mart.contacts IS
  'One row a contact: a call that entered a queue and was not joined to another, whole';
COMMENT ON COLUMN mart.contacts.call_id IS 'The call';
COMMENT ON COLUMN mart.contacts.pbx IS 'The PBX';
COMMENT ON COLUMN mart.contacts.queue IS 'The queue that it entered first';
COMMENT ON COLUMN mart.contacts.number IS 'The caller''s number';
COMMENT ON COLUMN mart.contacts.arrived_at IS 'When it entered that';
COMMENT ON COLUMN mart.contacts.outcome IS 'answered, abandoned, other, or refused by every queue; null while it waits';
COMMENT ON COLUMN mart.contacts.stints IS 'Queues that it was let into';
COMMENT ON COLUMN mart.contacts.wait_s IS 'Seconds in queues up to the answer or the end, time between them left out';
COMMENT ON COLUMN mart.contacts.wall_wait_s IS 'Seconds from the first queue to the answer or the end, by the clock';
COMMENT ON COLUMN mart.contacts.talk_s IS 'Seconds of conversation of all agents';
COMMENT ON COLUMN mart.contacts.hold_s IS 'Seconds on hold';
COMMENT ON COLUMN mart.contacts.previous_at IS 'When the same number had arrived before';
COMMENT ON COLUMN mart.contacts.previous_id IS 'That call';
COMMENT ON TABLE mart.metrics IS 'One row a metric: what each column of the marts means';
COMMENT ON COLUMN mart.metrics.name IS 'The column''s name';
COMMENT ON COLUMN mart.metrics.title IS 'The name for people';
COMMENT ON COLUMN mart.metrics.unit IS 'What is counted, ratio (0 to 1), s, or MOS';
COMMENT ON COLUMN mart.metrics.meaning IS 'In words';
COMMENT ON COLUMN mart.metrics.source IS 'Whose definition it is';
COMMENT ON COLUMN mart.metrics.formula IS 'In words';
COMMENT ON COLUMN mart.metrics.sql IS 'As an aggregate expression of columns of that table';
COMMENT ON COLUMN mart.metrics."of" IS 'The table whose columns the formula is of';

COMMENT ON TABLE mart.published IS 'One row: how fresh this file is';
COMMENT ON COLUMN mart.published.load_id IS 'The load that it was published after';
COMMENT ON COLUMN mart.published.watermark IS 'All that was stored before then is in here';
