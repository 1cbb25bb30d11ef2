/* JsSIP ends a call whose new offer is refused, as when two offers meet (491). The call is well without the offer. */

// By this JsSIP says why it would end the call.
export const REFUSED = "Media Renegotiation Failed";

/** The part of RTCSession that is needed. */
export interface Ending {
  readonly connection: { setLocalDescription(description: { type: "rollback" }): Promise<void> } | undefined;
  terminate(options?: { reason_phrase?: string }): void;
}

/** The offer is taken back instead, so that another one can be made. */
export function outliveRefusal(session: Ending): void {
  const terminate = session.terminate.bind(session);
  session.terminate = (options) => {
    if (options?.reason_phrase !== REFUSED) terminate(options);
    else void session.connection?.setLocalDescription({ type: "rollback" }).catch(() => undefined);
  };
}
