// Where a webhook may go. Its address was typed by a customer, and our processes can reach what he
// cannot: the database, the cloud's metadata, other machines beside us. So only public addresses,
// and the address that was looked at is the one that is connected to (a name may change between).
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { NotifySettings } from './settings.ts';

// IANA's special-purpose registries (RFC 6890 and what was added since), multicast and reserved.
const NOT_PUBLIC_4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;
// Global unicast is 2000::/3; inside it, what carries or means another address.
const NOT_PUBLIC_6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const notPublic4 = listOf(NOT_PUBLIC_4, 'ipv4');
const notPublic6 = listOf(NOT_PUBLIC_6, 'ipv6');
const global6 = listOf([['2000::', 3]], 'ipv6');

function listOf(prefixes: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6') {
  const list = new BlockList();
  for (const [address, bits] of prefixes) list.addSubnet(address, bits, family);
  return list;
}

export function mayReach(address: string, settings: NotifySettings): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (alsoTo(settings).check(address, family)) return true;
  if (family === 'ipv4') return !notPublic4.check(address, 'ipv4');
  return global6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
}

function alsoTo({ webhooksAlsoTo }: NotifySettings): BlockList {
  const list = new BlockList();
  for (const prefix of webhooksAlsoTo) {
    const [address = '', bits] = prefix.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Null: fine. Else why not, in words for the one who typed it. */
export function targetFault(target: string, settings: NotifySettings): string | null {
  if (target.startsWith('mailto:')) {
    if (!/^mailto:[^\s@<>,;?]{1,64}@[^\s@<>,;?]{1,253}$/.test(target)) {
      return 'mailto: and one address, nothing else';
    }
    return settings.mail === null ? 'this platform has no mail server' : null;
  }
  const url = URL.parse(target);
  if (url === null) return 'this is no address';
  if (url.username !== '' || url.password !== '') return 'no name and password in the address';
  const host = bareHost(url);
  if (url.protocol === 'http:') {
    const loopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
    const named = mayReach(host === 'localhost' ? '127.0.0.1' : host, settings);
    return loopback && named ? null : 'https only';
  }
  if (url.protocol !== 'https:') return 'https or mailto only';
  if (isIP(host) !== 0 && !mayReach(host, settings)) return 'not an address that may be reached';
  return null;
}

/** Without the brackets of IPv6. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

/** Name look-up for one connection: an error when any of the addresses may not be reached. */
export function guardedLookup(settings: NotifySettings): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, []);
      if (!addresses.every(({ address }) => mayReach(address, settings))) {
        return done(new AddressRefused('its name leads where webhooks may not go'), []);
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
}
