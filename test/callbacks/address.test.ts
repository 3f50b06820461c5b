import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from '@jest/globals';
import { checkLiteral, createPublicLookup, type Resolve } from '../../src/callbacks/address.ts';
import { isPublicAddress } from '../../src/http/public-address.ts';

describe('an address', () => {
  test.each(['8.8.8.8', '192.5.6.30', '2606:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    ['loopback', '127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '::ffff:10.0.0.1'],
    ['unique-local', 'fc00::1', 'fd12:3456::1'],
    ['link-local', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
    ['shared', '100.64.0.1', '100.127.255.255'],
    ['multicast or broadcast', '224.0.0.1', '239.1.2.3', 'ff02::1', '255.255.255.255'],
    ['nobody', '0.0.0.0', '::', '240.0.0.1', '4000::1'],
    ['reserved', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.9', '2001:db8::1'],
    ['translated', '64:ff9b::a00:1', '64:ff9b:1::1', '2002:a00:1::', '2001::1', '::10.0.0.1'],
    [
      'where clouds tell secrets',
      '169.254.169.254',
      '100.100.100.200',
      '192.0.0.192',
      '168.63.129.16',
      'fd00:ec2::254',
    ],
    ['no address', 'localhost', '', '127.1', '0x7f.0.0.1', '8.8.8.8.8'],
  ])('that is %s is not public', (_, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });
});

/** What a connection gets from a lookup. */
async function find(
  resolve: Resolve,
  { mayBePrivate = () => false, all = true }: { mayBePrivate?: () => boolean; all?: boolean } = {},
): Promise<unknown> {
  return new Promise((found) => {
    createPublicLookup(mayBePrivate, resolve)('hooks.example.com', { all }, (error, address) => {
      found(error?.message ?? address);
    });
  });
}

const answer =
  (...addresses: readonly LookupAddress[]): Resolve =>
  (_, __, callback) => {
    callback(null, [...addresses]);
  };

const outside = { address: '8.8.8.8', family: 4 };
const inside = { address: '10.0.0.1', family: 4 };

describe('a lookup', () => {
  test('finds public addresses, in the form that was asked for', async () => {
    expect(await find(answer(outside))).toEqual([outside]);
    expect(await find(answer(outside), { all: false })).toBe('8.8.8.8');
  });

  test('refuses a name with any other address, wherever it stands in the list', async () => {
    for (const addresses of [[inside], [outside, inside], [inside, outside]]) {
      for (const all of [true, false]) {
        expect(await find(answer(...addresses), { all })).toMatch('not public');
      }
    }
  });

  test('refuses a name without an address', async () => {
    expect(await find(answer())).toMatch('no address');
  });

  test('takes a host that may be private as it is', async () => {
    expect(await find(answer(inside), { mayBePrivate: () => true })).toEqual([inside]);
  });

  test('tells a name that is not found as it was told', async () => {
    const resolve: Resolve = (hostname, _, callback) => {
      callback(new Error(`getaddrinfo ENOTFOUND ${hostname}`), undefined as never);
    };
    expect(await find(resolve)).toBe('getaddrinfo ENOTFOUND hooks.example.com');
  });
});

describe('a host that is an address', () => {
  test.each(['127.0.0.1', '[::1]', '10.0.0.1', '[::ffff:169.254.169.254]'])(
    '%s is refused',
    (host) => {
      expect(() => {
        checkLiteral(host, () => false);
      }).toThrow('not public');
      expect(() => {
        checkLiteral(host, () => true);
      }).not.toThrow();
    },
  );

  test('is read as a URL reads it', () => {
    for (const text of ['http://0x7f.1/', 'http://2130706433/', 'http://0177.0.0.1/']) {
      expect(() => {
        checkLiteral(new URL(text).hostname, () => false);
      }).toThrow('not public');
    }
  });

  test('is taken where it is public, as is any name', () => {
    for (const host of ['8.8.8.8', '[2606:4700::1111]', 'hooks.example.com']) {
      expect(() => {
        checkLiteral(host, () => false);
      }).not.toThrow();
    }
  });
});
