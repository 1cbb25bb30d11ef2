/* What the feed has said so far: queues and agents by key, totals, health. Pure: no page, no clock. */

const keyOf = (pbx, id) => `${pbx ?? ""}:${id}`;

export class Store {
  queues = new Map();
  agents = new Map();
  totals = null;
  health = null;

  /** Takes one event in. Events of other kinds (single calls) change nothing here. */
  apply({ event, data }) {
    if (event === "snapshot") this.#snapshot(data);
    else if (event === "summary") this.#summary(data);
    else if (event === "queue:update") this.#merge(this.queues, keyOf(data.pbx, data.queueId), data);
    else if (event === "presence:update") this.#merge(this.agents, keyOf(data.pbx, data.agentId), data);
  }

  /** Nothing is known any more: the next snapshot is of another time. */
  clear() {
    this.queues = new Map();
    this.agents = new Map();
    this.totals = null;
    this.health = null;
  }

  get heard() {
    return this.totals !== null;
  }

  #snapshot(data) {
    this.queues = new Map(data.queues.map((queue) => [keyOf(queue.pbx, queue.queueId), queue]));
    this.agents = new Map(data.agents.map((agent) => [keyOf(agent.pbx, agent.agentId), agent]));
    this.#summary(data);
  }

  #summary(data) {
    this.totals = data.totals ?? this.totals;
    this.health = data.health ?? this.health;
  }

  #merge(map, key, data) {
    map.set(key, { ...map.get(key), ...data });
  }
}
