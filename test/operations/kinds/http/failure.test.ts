import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../../../src/contract/errors.ts';
import { toFailure, type ExchangeFacts } from '../../../../src/operations/kinds/http/failure.ts';

const facts = (change: Partial<ExchangeFacts> = {}): ExchangeFacts => ({
  method: 'POST',
  url: 'https://x.com/a',
  repeatable: false,
  performed: false,
  signal: new AbortController().signal,
  ...change,
});
const thrown = (code: string, syscall?: string) =>
  Object.assign(new Error('it broke'), { code, ...(syscall !== undefined && { syscall }) });
class HTTPParserError extends Error {
  override readonly name = 'HTTPParserError';
  readonly code = undefined;
}
const once = facts();
const again = facts({ repeatable: true });

describe('what was thrown becomes an error of the table', () => {
  test.each<[string, unknown, ExchangeFacts, string]>([
    ['a refused connection', thrown('ECONNREFUSED', 'connect'), once, 'UPSTREAM_UNAVAILABLE'],
    ['an unknown host', thrown('ENOTFOUND', 'getaddrinfo'), once, 'UPSTREAM_UNAVAILABLE'],
    [
      'a host that cannot be looked up now',
      thrown('EAI_AGAIN', 'getaddrinfo'),
      once,
      'UPSTREAM_UNAVAILABLE',
    ],
    [
      'a connect that took too long',
      thrown('UND_ERR_CONNECT_TIMEOUT'),
      once,
      'UPSTREAM_UNAVAILABLE',
    ],
    [
      'a connect that timed out below',
      thrown('ETIMEDOUT', 'connect'),
      once,
      'UPSTREAM_UNAVAILABLE',
    ],
    ['a connect that was reset', thrown('ECONNRESET', 'connect'), once, 'UPSTREAM_UNAVAILABLE'],
    ['a network out of reach', thrown('ENETUNREACH', 'connect'), once, 'UPSTREAM_UNAVAILABLE'],
    ['an expired certificate', thrown('CERT_HAS_EXPIRED'), once, 'UPSTREAM_UNAVAILABLE'],
    [
      'a self-signed certificate',
      thrown('DEPTH_ZERO_SELF_SIGNED_CERT'),
      once,
      'UPSTREAM_UNAVAILABLE',
    ],
    ['a connection reset, not repeatable', thrown('ECONNRESET', 'read'), once, 'OUTCOME_UNKNOWN'],
    ['a connection reset, repeatable', thrown('ECONNRESET', 'read'), again, 'UPSTREAM_UNAVAILABLE'],
    ['a connection closed, not repeatable', thrown('UND_ERR_SOCKET'), once, 'OUTCOME_UNKNOWN'],
    ['a connection closed, repeatable', thrown('UND_ERR_SOCKET'), again, 'UPSTREAM_UNAVAILABLE'],
    ['a broken pipe, not repeatable', thrown('EPIPE', 'write'), once, 'OUTCOME_UNKNOWN'],
    ['an answer cut short', thrown('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'), once, 'OUTCOME_UNKNOWN'],
    ['an answer that is no HTTP', thrown('HPE_INVALID_CONSTANT'), once, 'OUTCOME_UNKNOWN'],
    ['an answer that the parser gives no code', new HTTPParserError('no'), once, 'OUTCOME_UNKNOWN'],
    ['a switch of protocols', thrown('ERR_ASSERTION'), again, 'UPSTREAM_UNAVAILABLE'],
    [
      'an answer that is no HTTP, repeatable',
      thrown('HPE_INVALID_CONSTANT'),
      again,
      'UPSTREAM_UNAVAILABLE',
    ],
    [
      'a refused connection after a "see other"',
      thrown('ECONNREFUSED', 'connect'),
      facts({ performed: true }),
      'OUTCOME_UNKNOWN',
    ],
    [
      'a refused connection after a "see other", repeatable',
      thrown('ECONNREFUSED', 'connect'),
      facts({ performed: true, repeatable: true }),
      'UPSTREAM_UNAVAILABLE',
    ],
    [
      'a 503 after a "see other"',
      new OperationError('UPSTREAM_UNAVAILABLE', 'answered 503'),
      facts({ performed: true }),
      'OUTCOME_UNKNOWN',
    ],
    ['an error of the table', new OperationError('RATE_LIMITED', 'slowly'), once, 'RATE_LIMITED'],
  ])('%s', (_, error, known, code) => {
    expect(toFailure(error, known)).toMatchObject({ code });
  });

  test('and says whether anything was sent', () => {
    expect(toFailure(thrown('ECONNREFUSED'), once)).toMatchObject({
      message: 'POST https://x.com/a: no connection (ECONNREFUSED); nothing was sent',
      details: { method: 'POST', url: 'https://x.com/a' },
    });
    expect(toFailure(thrown('UND_ERR_SOCKET'), once)).toMatchObject({
      message: expect.stringContaining('may have taken effect, look there before you repeat it'),
    });
  });

  test.each<[string, unknown]>([
    ['a defect without a code', new TypeError('undefined is no function')],
    ['a defect with a code', thrown('UND_ERR_INVALID_ARG')],
    ['what is no error', 'text'],
  ])('but %s stays as it is', (_, defect) => {
    expect(toFailure(defect, once)).toBe(defect);
  });
});

test('what our own signal aborted ends with its reason, whatever was thrown', () => {
  const reason = new Error('cancelled');
  const known = facts({ signal: AbortSignal.abort(reason) });
  expect(toFailure(thrown('UND_ERR_SOCKET'), known)).toBe(reason);
  expect(toFailure(new OperationError('RATE_LIMITED', 'slowly'), known)).toBe(reason);
});
