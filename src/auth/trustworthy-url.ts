// Which addresses may speak about tokens: over plain HTTP every machine on the way could.
import { isLoopback } from '../http/loopback.ts';

/** Whether a URL is HTTPS, or HTTP on this machine, without query, fragment or credentials. */
export function isTrustworthyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username, password } = new URL(text);
  if (search !== '' || hash !== '' || username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
