-- Browsers speak G.711, as the lines of callers do: sound passes Asterisk as it is. A browser that may choose Opus answers with it
-- first whatever it was offered first, so that Asterisk took 48 kHz for one direction of a call of 8 kHz. Into such a channel nobody can
-- speak reliably as a supervisor who barges in: Asterisk (as of 22.10) keeps the translator of the direction that came first, though
-- the other has raised the channel's rate since, and the customer hears nothing or a sixth of the speed.
CREATE OR REPLACE VIEW ps_endpoints AS
  SELECT substr(e.interface, 7) AS id, substr(e.interface, 7) AS aors, substr(e.interface, 7) AS auth,
    'pbx-internal' AS context, 'all' AS disallow, 'ulaw,alaw' AS allow, 'yes' AS webrtc, 'no' AS direct_media,
    'yes' AS rtp_symmetric, 'rfc4733' AS dtmf_mode, 'yes' AS send_pai, 'en' AS language, '30' AS rtp_timeout,
    '300' AS rtp_timeout_hold, ''::text AS mailboxes,
    '"' || regexp_replace(u.name, '["<>\\;|,\x01-\x1f\x7f]', '', 'g') || '" <' || e.extension || '>' AS callerid
  FROM extensions e JOIN users u ON u.id = e.user_id JOIN tenants t ON t.id = e.tenant_id
  WHERE e.is_web AND u.is_active AND t.is_active AND e.pbx = current_setting('application_name');
