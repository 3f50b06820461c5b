// Which addresses are those of public hosts.
import ipaddr from 'ipaddr.js';

/** The only part of IPv6 that is assigned to public hosts. Source: IANA, IPv6 Global Unicast Address Assignments. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** Addresses from public ranges behind which every machine finds its own cloud. Source: Azure, what is 168.63.129.16. */
const OF_CLOUDS: readonly string[] = ['168.63.129.16'];

/** Whether an address is a public host's: no private, local, shared, multicast, reserved or translated one. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address); // an IPv4-mapped IPv6 address counts as IPv4
  if (parsed.range() !== 'unicast' || OF_CLOUDS.includes(parsed.toString())) return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}
