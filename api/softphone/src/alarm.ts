/* Tells that a call rings: by sound, by the tab's title, and by a notification where this tab is not looked at. */

import { SAYS } from "./words.ts";

const TURN_MS = 1000;
const TAG = "trunkline-call";

export interface Bell {
  ring(): void;
  stopRinging(): void;
}

export class Alarm {
  readonly #bell: Bell;
  #ringing = "";
  #told = "";
  #notification: Notification | null = null;
  #byWorker = false;
  #turning: ReturnType<typeof setInterval> | undefined;

  constructor(bell: Bell) {
    this.#bell = bell;
  }

  /** Somebody calls; again with the name once it is known. */
  begin(call: string, who: string, queue: string): void {
    if (this.#ringing !== call) {
      this.end();
      this.#ringing = call;
      this.#bell.ring();
    }
    if (this.#told !== `${who} ${queue}`) {
      this.#told = `${who} ${queue}`;
      this.#notify(who, queue);
    }
    this.#title(who);
  }

  end(): void {
    if (!this.#ringing) return;
    this.#ringing = this.#told = "";
    this.#bell.stopRinging();
    clearInterval(this.#turning);
    document.title = SAYS.title;
    this.#notification?.close();
    this.#notification = null;
    if (this.#byWorker) void this.#worker().then((worker) => worker?.getNotifications({ tag: TAG })).then((shown) => shown?.forEach((each) => each.close()));
    this.#byWorker = false;
  }

  #title(who: string): void {
    const told = `${SAYS.incoming}: ${who}`;
    document.title = told;
    clearInterval(this.#turning);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.#turning = setInterval(() => {
      document.title = document.title === told ? SAYS.title : told;
    }, TURN_MS);
  }

  #notify(who: string, queue: string): void {
    if (!("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return;
    const options = { body: queue, tag: TAG, icon: "/phone/icon-192.png", requireInteraction: true };
    try {
      this.#notification?.close();
      const told = new Notification(who, options);
      told.onclick = () => window.focus();
      this.#notification = told;
    } catch {
      // Telephones show notifications of service workers only.
      this.#byWorker = true;
      void this.#worker().then((worker) => worker?.showNotification(who, options)).catch(() => undefined);
    }
  }

  async #worker(): Promise<ServiceWorkerRegistration | undefined> {
    return navigator.serviceWorker?.getRegistration("/phone");
  }
}
