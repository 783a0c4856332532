// Which addresses are public: those that the registries of special-purpose addresses (RFC 6890) do not list.

import { BlockList, isIP } from 'node:net';

const SPECIAL_V4 = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15],
  ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
];
/** Within `2000::/3`, outside which nothing is public: assignments to protocols, tunnels to IPv4, and documentation. */
const SPECIAL_V6 = [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]];

const specialV4 = listOf('ipv4', SPECIAL_V4);
const specialV6 = listOf('ipv6', SPECIAL_V6);
const globalV6 = listOf('ipv6', [['2000::', 3]]);
const loopbackV4 = listOf('ipv4', [['127.0.0.0', 8]]);

/** Whether anybody's packets to `address` leave for the internet. */
export function isPublic(address) {
  switch (isIP(address)) {
    case 4:
      return !specialV4.check(address, 'ipv4');
    case 6:
      return globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Whether `address` is this machine. */
export function isLoopback(address) {
  return isIP(address) === 4 ? loopbackV4.check(address, 'ipv4') : address === '::1';
}

function listOf(family, subnets) {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
}
