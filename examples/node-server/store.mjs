// Where it is remembered which grants have been used: in Redis if there is one, else in this process.

import { MemoryReplayStore } from 'idjag';
import { memoryReplayStore, redisReplayStore } from 'idjag/adapters';

export async function openStore(url, onError) {
  if (!url) return { replay: memoryReplayStore(new MemoryReplayStore({ capacity: 100_000 })), close: async () => {} };
  const { createClient } = await import('redis');
  // Without a queue: a grant that cannot be recorded now is refused now.
  const client = createClient({ url, disableOfflineQueue: true });
  client.on('error', onError);
  await client.connect();
  return { replay: redisReplayStore(client, { prefix: 'notes:', onError }), close: async () => client.destroy() };
}
