// How a person signs in to the codec server with a static token. The Temporal UI can send cookies and an access token of its
// own, and nothing else; so the token is exchanged for a session, whose cookie it sends. Invariants: no page can read the cookie,
// and none of another site has it sent; it is never the token, since every server of the same host name, whatever its
// port, is sent it as well.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gate } from '../auth/index.ts';
import { sendPage } from '../http/page.ts';
import { readRequest } from '../http/server.ts';
import { refuse } from './right.ts';
import { SESSION_MS, type Sessions } from './sessions.ts';

/** Where the form is, and where it is sent to. */
export const SIGN_IN_PATH = '/';

const COOKIE = 'longhaul_codec';

export const SIGN_OUT_PATH = '/sign-out';

/** Longest token, in characters; static tokens have 52. */
const MAX_TOKEN = 2_000;

/** Largest form that is read, in bytes. */
const MAX_FORM_BYTES = 16_384;

const INVITATION =
  'With a token that has the scope <code>payloads:decode</code>, this browser shows the contents of tasks in the Temporal UI.';

/** The session of a cookie header; `null` when there is none, or more than one. */
export function readCookie(header: string | undefined): string | null {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE}=`));
  const [value, ...more] = values;
  return value === undefined || more.length > 0 ? null : value.slice(COOKIE.length + 1);
}

/** The cookie of a session. A browser that came over TLS is to send it over TLS alone. */
function toCookie(session: string, lastsMs: number, { headers }: IncomingMessage): string {
  const isSecure = headers['x-forwarded-proto'] === 'https';
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict', ...(isSecure ? ['Secure'] : [])];
  return [`${COOKIE}=${session}`, `Max-Age=${lastsMs / 1000}`, ...attributes].join('; ');
}

/** The token of a form that was sent; `null` when it cannot be one. */
function readForm(body: string): string | null {
  const token = new URLSearchParams(body).get('token')?.trim() ?? '';
  return /^[A-Za-z0-9._~+/-]+=*$/.test(token) && token.length <= MAX_TOKEN ? token : null;
}

export async function signIn(
  gate: Gate,
  sessions: Sessions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const session = readCookie(request.headers.cookie);
  if (request.method === 'GET') {
    const isSignedIn = session !== null && sessions.find(session) !== null;
    page(response, 200, isSignedIn ? 'This browser is signed in.' : INVITATION);
    return;
  }
  const form = request.method === 'POST' ? await readRequest(request, MAX_FORM_BYTES) : null;
  const token = form && readForm(form.toString());
  if (token === null || (await refuse(gate, [`Bearer ${token}`])) !== null) {
    page(response, 403, 'This token does not open anything here.');
    return;
  }
  // A session that was planted, or belongs to another person, does not go on under the new name.
  if (session !== null) sessions.close(session);
  response.setHeader('set-cookie', toCookie(sessions.open(token), SESSION_MS, request));
  page(
    response,
    200,
    'Signed in. In the Temporal UI, “Include cross-origin credentials” must be on.',
  );
}

export function signOut(
  sessions: Sessions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    page(response, 405, 'Use the button to sign out.');
    return;
  }
  const session = readCookie(request.headers.cookie);
  if (session !== null) sessions.close(session);
  response.setHeader('set-cookie', toCookie('', 0, request));
  page(response, 200, 'Signed out.');
}

/** The page, with one sentence above the form. */
function page(response: ServerResponse, status: number, sentence: string): void {
  sendPage(response, status, {
    title: 'Longhaul codec server',
    style:
      'input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}button{font:inherit;margin-top:.7rem}',
    body: `<p>${sentence}</p>
<form method="post" action="${SIGN_IN_PATH}">
<label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
<button>Sign in</button>
</form>
<form method="post" action="${SIGN_OUT_PATH}"><button>Sign out</button></form>`,
  });
}
