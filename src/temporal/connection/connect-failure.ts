// Why Temporal cannot be used, as one sentence for the person who configured it. The native client says it in the words of
// its transport.
import { OperationError } from '../../contract/errors.ts';
import { messageOf } from '../../contract/text.ts';
import { isForbidden, toForbiddenReason } from '../calls/failure.ts';

/** Marks of the transport's messages, and what they mean. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/ConnectionRefused/, 'the connection was refused'],
  [/dns error/, 'the name cannot be resolved'],
  [/InvalidCertificate\((.*?)\)/, 'its TLS certificate is not accepted ($1)'],
  [/InvalidContentType/, 'TLS is on here, and what answers does not speak TLS'],
  [
    /HandshakeFailure|CertificateRequired|BadCertificate|AlertReceived/,
    'it refused the TLS handshake',
  ],
  [
    /h2 protocol error|FRAME_SIZE_ERROR|GoAway|ConnectionReset|BrokenPipe|UnexpectedEof|connection closed/i,
    'the connection broke, as it does where TLS is wanted, or where another kind of server answers',
  ],
  [/TimedOut|deadline has elapsed/, 'there was no answer in time'],
];

export function toConnectError(address: string, failure: unknown): OperationError {
  return toError(`Temporal at ${address} cannot be reached`, failure);
}

/** There is a connection, and it is of no use. */
export function toNamespaceError(
  address: string,
  namespace: string,
  failure: unknown,
): OperationError {
  const what = `Temporal at ${address} answers, but namespace ${namespace} cannot be used`;
  if (!isForbidden(failure)) return toError(what, failure);
  const message = `${what}: ${toForbiddenReason(failure)}`;
  return new OperationError('BACKEND_UNAVAILABLE', message, { cause: failure });
}

function toError(what: string, failure: unknown): OperationError {
  return new OperationError(
    'BACKEND_UNAVAILABLE',
    `${what}: ${toReason(failure)}; check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the TLS settings, or unset them to use the embedded server`,
    { cause: failure },
  );
}

function toReason(failure: unknown): string {
  const message = messageOf(failure);
  for (const [mark, reason] of REASONS) {
    const match = mark.exec(message);
    if (match) return reason.replace('$1', match[1] ?? '');
  }
  return message.replace(/\.+\s*$/, '').replaceAll(/\s+/g, ' ');
}
