export const CLASSES = { key_set: 'KeySet', signing_key: 'SigningKey', registered_client: 'RegisteredClient', resource_as: 'ResourceAuthorizationServer', replay_store: 'MemoryReplayStore' };
export const BYTES = ['body_bytes', 'client_secret_sha256', 'random', 'signature'];
export const MESSAGES = ['request'];
export const OPERATIONS = [
  'replay_key.new', 'replay_store.new', 'replay_store.first_use store', 'jwks.parse', 'jwk.thumbprint', 'key_set.new', 'key_set.public key_set', 'signing_key.new', 'signing_key.dangerous_export signing_key',
  'id_jag.verify keys', 'id_jag.sign signer', 'registered_client.new', 'resource_as.new', 'resource_as.token server keys client policy signer > parse verify authorize spend issue',
];
