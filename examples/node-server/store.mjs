// Where it is remembered which grants have been used and which tokens were revoked: in Redis if there is one, else in this
// process.

import { MemoryReplayStore } from 'idjag';
import { memoryReplayStore, memoryRevocationStore, redisReplayStore, redisRevocationStore } from 'idjag/adapters';

export async function openStore(url, onError) {
  if (!url) {
    const replay = memoryReplayStore(new MemoryReplayStore({ capacity: 100_000 }));
    return { replay, revocations: memoryRevocationStore(), close: async () => {} };
  }
  const { createClient } = await import('redis');
  // Without a queue: a grant that cannot be recorded now is refused now.
  const client = createClient({ url, disableOfflineQueue: true });
  client.on('error', onError);
  await client.connect();
  const options = { prefix: 'notes:', onError };
  return {
    replay: redisReplayStore(client, options),
    revocations: redisRevocationStore(client, options),
    close: async () => client.destroy(),
  };
}
