// One token endpoint for two: token exchanges go to the one, every other grant to the other.

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** More than any token request has. */
const MAX_BODY_BYTES = 56 * 1024;

/**
 * A listener that reads the body of token requests once and keeps it as it was: both take it from there. Each checks for
 * itself that the grant is its own, so nothing depends on who is asked.
 */
export function byGrantType(exchange, signOn) {
  return async (request, response) => {
    if (request.method !== 'POST' || request.url.split('?')[0] !== '/token') return signOn(request, response);
    try {
      request.body = await bodyOf(request);
    } catch {
      return response.writeHead(413, { connection: 'close' }).end();
    }
    const grantType = new URLSearchParams(request.body.toString()).get('grant_type');
    return grantType === TOKEN_EXCHANGE ? exchange(request, response) : signOn(request, response);
  };
}

async function bodyOf(request) {
  const pieces = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > MAX_BODY_BYTES) throw new Error('too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
