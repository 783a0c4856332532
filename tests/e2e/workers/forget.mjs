// The object of a replay store, and a way to see what it holds, now and after a time that nobody wants to wait for.

import { ReplayObject } from 'idjag/adapters';

export class WatchedObject extends ReplayObject {
  #storage;

  constructor(state) {
    super(state);
    this.#storage = state.storage;
  }

  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith('/after/')) return super.fetch(request);
    const present = Date.now;
    Date.now = () => present() + Number(pathname.split('/').at(-1)) * 1000;
    try {
      await this.alarm();
    } finally {
      Date.now = present;
    }
    return Response.json({ held: (await this.#storage.list()).size, alarm: await this.#storage.getAlarm() });
  }
}

export default {
  fetch(request, { REPLAY }) {
    return REPLAY.get(REPLAY.idFromName('one')).fetch(request);
  },
};
