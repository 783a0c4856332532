// The sign-on page: a name and a password. Yours has a second factor, a limit for guesses, and looks better.

const PATH = /^\/interaction\/([\w-]+)$/;
/** More than a name and a password have. */
const MAX_BODY_BYTES = 4096;

/** Shows the page and takes it back. The provider's cookie says whose page it is: nobody can submit another's. */
export function showSignOn(provider, company) {
  return async (context, next) => {
    if (!PATH.test(context.path)) return next();
    const { prompt, params } = await provider.interactionDetails(context.req, context.res);
    if (prompt.name !== 'login') return context.throw(400, 'there is nothing to decide here');
    if (context.method === 'GET') return show(context, params.client_id);
    const form = new URLSearchParams(await textOf(context.req));
    const person = company.signIn(form.get('name') ?? '', form.get('password') ?? '');
    if (!person) return show(context, params.client_id, 'That is not right.');
    const to = await provider.interactionResult(context.req, context.res, { login: { accountId: person.id, amr: ['pwd'] } });
    context.status = 303;
    return context.redirect(to);
  };
}

function show(context, client, problem = '') {
  context.set({ 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" });
  context.type = 'html';
  context.body = `<!doctype html><html lang="en"><title>Sign on</title>
<h1>Sign on</h1><p>to continue to ${escaped(client)}. ${problem}</p>
<form method="post">
<label>Name <input name="name" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign on</button>
</form></html>
`;
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

async function textOf(request) {
  const pieces = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > MAX_BODY_BYTES) throw new Error('the form is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
