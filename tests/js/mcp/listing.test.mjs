// What a guard leaves out of the answers that list tools, however the server behind it writes them.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { mcpMiddleware, protectMcp } from 'idjag/mcp/server';
import { RESOURCE, openCompany } from '../adapters/support/company.mjs';
import { authorizedFetch, connect, toNodeHandler } from 'idjag/adapters';

let company;
afterEach(() => company?.close());

const TOOLS = ['read', 'write', 'unlisted'].map((name) => ({ name, title: `Das Wörkzeug ${name}` }));
const answer = (tools, more) => ({ jsonrpc: '2.0', id: 1, result: { tools, nextCursor: 'x', ...more } });
const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
const CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read', arguments: {} } });
const KEPT = answer([TOOLS[0]]);

/** What a client that sends `message` is answered by a server behind each guard that writes `pieces` under `headers`. */
async function answered(pieces, headers, { status = 200, method = 'POST', message = LIST, isLate = false, way } = {}) {
  const bytes = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece));
  const found = [];
  for (const listen of [
    ({ next, ...options }) => toNodeHandler(protectMcp({
      ...options,
      handler: async () => new Response(new ReadableStream({
        start(controller) {
          for (const piece of bytes) controller.enqueue(piece);
          controller.close();
        },
      }), { status, headers }),
    })),
    ({ next, ...options }) => {
      const guard = mcpMiddleware(options);
      const act = (response) => {
        response.writeHead(status, headers);
        for (const piece of bytes.slice(0, -1)) response.write(piece);
        response.end(bytes.at(-1));
      };
      return (request, response) => guard(request, response, () => (isLate ? setImmediate(act, response) : act(response)));
    },
  ].filter((_, index) => index === (way ?? index))) {
    company = await openCompany({ listen });
    const connection = await company.connection();
    await connect(connection, company.driven());
    const body = method === 'POST' ? message : undefined;
    const plain = { method, url: RESOURCE, headers: [['content-type', 'application/json']] };
    const { headers: fields } = connection.authorize({ request: plain, random: new Uint8Array(32).fill(7), now: company.now() });
    const response = await company.fetch(RESOURCE, { method, headers: fields, body });
    found.push({ status: response.status, text: await response.text() });
    await company.close();
  }
  return found;
}

const json = { 'content-type': 'application/json; charset=utf-8' };
const events = { 'content-type': 'text/event-stream' };
const split = (text, size) => {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
};

describe('an answer in JSON', () => {
  test('is cut, in whatever pieces it comes and whatever length was declared', async () => {
    const text = JSON.stringify(answer(TOOLS));
    for (const pieces of [[text], split(text, 1), split(text, 7)]) {
      for (const found of await answered(pieces, { ...json, 'content-length': `${Buffer.byteLength(text)}` })) {
        assert.deepEqual([found.status, JSON.parse(found.text)], [200, KEPT]);
      }
    }
  });

  test('is cut in each of several messages', async () => {
    for (const found of await answered([JSON.stringify([answer(TOOLS), answer(TOOLS)])], json)) {
      assert.deepEqual(JSON.parse(found.text), [KEPT, KEPT]);
    }
  });

  test('is for nobody else’s cache', async () => {
    for (const found of await answered([JSON.stringify(answer(TOOLS, { cacheScope: 'public', ttlMs: 9 }))], json)) {
      assert.deepEqual(JSON.parse(found.text), answer([TOOLS[0]], { cacheScope: 'private', ttlMs: 9 }));
    }
  });

  test('has no tool without a name, or with one that is no text', async () => {
    for (const found of await answered([JSON.stringify(answer([{ title: 'x' }, { name: 7 }, null, TOOLS[0]]))], json)) {
      assert.deepEqual(JSON.parse(found.text), KEPT);
    }
  });

  test('goes on as it is where it is an error', async () => {
    const error = { jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'no' } };
    for (const found of await answered([JSON.stringify(error)], json)) assert.deepEqual(JSON.parse(found.text), error);
  });
});

describe('an answer in events', () => {
  const event = (end, ...lines) => lines.map((line) => line + end).join('') + end;
  const cut = (text) => text.split('\n\n').filter(Boolean).map((found) => {
    const lines = found.split('\n');
    return [lines.filter((line) => !line.startsWith('data')), JSON.parse(lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n') || '{}')];
  });

  test('is cut, whatever ends its lines and in whatever pieces it comes', async () => {
    const note = { jsonrpc: '2.0', method: 'notifications/message', params: { text: 'wörkt' } };
    for (const end of ['\n', '\r\n', '\r']) {
      const text = event(end, ': hello') + event(end, `data: ${JSON.stringify(note)}`)
        + event(end, 'event: message', 'id: 7', `data:${JSON.stringify(answer(TOOLS))}`);
      for (const pieces of [[text], split(text, 1), split(text, 3)]) {
        for (const found of await answered(pieces, events)) {
          assert.deepEqual(cut(found.text), [[[': hello'], {}], [[], note], [['event: message', 'id: 7'], KEPT]]);
        }
      }
    }
  });

  test('is cut where its data stands on several lines', async () => {
    const lines = JSON.stringify(answer(TOOLS), null, 1).split('\n').map((line) => `data: ${line}`);
    for (const found of await answered([event('\n', ...lines)], events)) assert.deepEqual(cut(found.text), [[[], KEPT]]);
  });

  test('is cut where a session is taken up again', async () => {
    for (const found of await answered([event('\n', `data: ${JSON.stringify(answer(TOOLS))}`)], events, { method: 'GET' })) {
      assert.deepEqual(cut(found.text), [[[], KEPT]]);
    }
  });

  test('ends where its last event has no end', async () => {
    const whole = event('\n', `data: ${JSON.stringify(answer(TOOLS))}`);
    for (const found of await answered([whole, `data: ${JSON.stringify(answer(TOOLS))}`], events)) {
      assert.deepEqual(cut(found.text), [[[], KEPT]]);
    }
  });
});

describe('a list of tools that comes in answer to a call', () => {
  const told = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'x' }], structuredContent: { tools: ['x'] } } };
  const call = { message: CALL };

  test('is cut as well: somebody gave two requests one id', async () => {
    for (const found of await answered([JSON.stringify(answer(TOOLS))], json, call)) assert.deepEqual(JSON.parse(found.text), KEPT);
    for (const { text } of await answered([`data: ${JSON.stringify(answer(TOOLS))}\n\n`], events, call)) {
      assert.equal(text, `data: ${JSON.stringify(KEPT)}\n\n`);
    }
    for (const { status } of await answered([JSON.stringify(answer(TOOLS))], { ...json, 'content-encoding': 'gzip' }, call)) {
      assert.equal(status, 500);
    }
  });

  test('and what is no list goes on as it was written', async () => {
    const text = ` ${JSON.stringify(told).replace('"x"', '12345678901234567890.0')}\n`;
    const event = `id: 7\ndata:${JSON.stringify(told)}\nevent: message\n\n`;
    for (const found of await answered([text], json, call)) assert.deepEqual(found, { status: 200, text });
    for (const found of await answered([event], events, call)) assert.equal(found.text, event);
    for (const found of await answered(['plain'], { 'content-type': 'text/plain' }, call)) assert.equal(found.text, 'plain');
  });
});

describe('an answer that cannot be read', () => {
  const whole = JSON.stringify(answer(TOOLS));
  for (const [what, pieces, headers] of [
    ['of another kind', [whole], { 'content-type': 'text/plain' }],
    ['of no kind', [whole], {}],
    ['in an encoding', [whole], { ...json, 'content-encoding': 'gzip' }],
    ['that is no JSON', [`${whole}}`], json],
  ]) {
    test(`does not go out: ${what}`, async () => {
      // Whoever writes late is nobody who takes an error.
      for (const isLate of [false, true]) {
        for (const found of await answered(pieces, headers, { isLate })) {
          assert.deepEqual([found.status, JSON.parse(found.text)], [500, { error: 'server_error' }]);
        }
      }
    });
  }

  test('breaks off where it has begun, and what is written on goes nowhere', async () => {
    const [first] = TOOLS;
    const pieces = [`data: ${JSON.stringify(answer([first]))}\n\n`, 'data: {\n\n', `data: ${JSON.stringify(answer(TOOLS))}\n\n`];
    for (const [way, isLate] of [[0, false], [1, false], [1, true]]) {
      await assert.rejects(answered(pieces, events, { isLate, way }), TypeError);
      await company.close();
    }
  });

  test('has no encoding that the caller asked for: that is not handed on', async () => {
    const asked = [];
    const seen = (fields) => asked.push(...fields.filter((name) => name.toLowerCase() === 'accept-encoding'));
    for (const listen of [
      ({ next, ...options }) => toNodeHandler(protectMcp({ ...options, handler: async (request) => {
        seen([...request.headers.keys()]);
        return Response.json(KEPT);
      } })),
      ({ next, ...options }) => {
        const guard = mcpMiddleware(options);
        return (request, response) => guard(request, response, () => {
          seen([...request.rawHeaders, ...Object.keys(request.headers)]);
          response.writeHead(200, json).end(JSON.stringify(KEPT));
        });
      },
    ]) {
      company = await openCompany({ listen });
      const connection = await company.connection();
      const send = authorizedFetch(connection, company.driven());
      const response = await send(RESOURCE, { method: 'POST', body: LIST, headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' } });
      assert.deepEqual(await response.json(), KEPT);
      await company.close();
    }
    assert.deepEqual(asked, []);
  });

  test('goes out where it is a refusal of the server’s own', async () => {
    for (const found of await answered(['not now'], { 'content-type': 'text/plain' }, { status: 503 })) {
      assert.deepEqual(found, { status: 503, text: 'not now' });
    }
  });
});
