// Which addresses a callback may be sent to: public ones. Invariant: the address that is checked is the one that is connected
// to, since the check is part of the lookup that the connection makes; a name that changes its address in between gains nothing.
import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from '../http/public-address.ts';

class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** Resolves a name as Node's own `lookup` does. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true; readonly family?: number; readonly hints?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A lookup for connections that finds public addresses alone. A name that has any other is refused as a whole.
 *
 * @param mayBePrivate hosts that are taken as they are
 */
export function createPublicLookup(
  mayBePrivate: (hostname: string) => boolean,
  resolve: Resolve = lookup,
): LookupFunction {
  return (hostname, options, callback) => {
    const { family, hints } = options;
    const asked = {
      all: true as const,
      ...(typeof family === 'number' && { family }),
      ...(hints !== undefined && { hints }),
    };
    resolve(hostname, asked, (error, addresses) => {
      const refuse = (reason: string) => {
        callback(new AddressError(reason), '', 0);
      };
      if (error) {
        callback(error, '', 0); // then there are no addresses, whatever the type says
        return;
      }
      const [first] = addresses;
      if (!first) refuse('the name has no address');
      else if (!mayBePrivate(hostname) && !addresses.every(isPublic)) refuse(NOT_PUBLIC);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function isPublic({ address }: LookupAddress): boolean {
  return isPublicAddress(address);
}

const NOT_PUBLIC = 'the name leads to an address that is not public (callbacks.allowPrivate)';

/**
 * Refuses a host that is an address itself, for which no connection asks a lookup.
 *
 * @throws {AddressError} when it is not public
 */
export function checkLiteral(hostname: string, mayBePrivate: (hostname: string) => boolean): void {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 0 || mayBePrivate(hostname) || isPublicAddress(bare)) return;
  throw new AddressError('its address is not public (callbacks.allowPrivate)');
}
