// What has been used once is remembered in Redis where there is one, for any number of processes; else in this process.

import { MemoryReplayStore } from 'idjag';
import { memoryReplayStore, redisReplayStore } from 'idjag/adapters';

/** The store at `url`. Its Redis must write down what it is told: `appendonly yes`. */
export async function openStore(url) {
  if (!url) return memoryReplayStore(new MemoryReplayStore({ capacity: 100_000 }));
  const { createClient } = await import('redis');
  const client = createClient({ url });
  client.on('error', (error) => console.error('Redis:', error.message));
  return redisReplayStore(await client.connect(), { onError: (error) => console.error(error) });
}
