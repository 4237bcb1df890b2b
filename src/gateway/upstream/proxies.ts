/**
 * Which proxy to use for an address: the variables that Python's clients read, and every form of NO_PROXY that one of them
 * accepts.
 */
import { BlockList, isIP } from 'node:net';
import { unescape as percentDecoded } from 'node:querystring';
import { domainToASCII } from 'node:url';
import { TransportError } from './transport-failure.ts';

export interface ProxyServer {
  readonly kind: 'http' | 'socks5';
  /** Without user name and password. */
  readonly url: URL;
  /** Empty when there is none. */
  readonly username: string;
  readonly password: string;
}

/** @throws TransportError when the proxy that is set for this address cannot be used */
export type ProxyFor = (url: URL) => ProxyServer | undefined;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

export function proxiesOf(env: NodeJS.ProcessEnv): ProxyFor {
  const http = settingOf(env, 'http');
  const https = settingOf(env, 'https');
  const all = settingOf(env, 'all');
  const isDirect = directHosts(settingOf(env, 'no')?.value ?? '');
  return (url) => {
    const setting = (url.protocol === 'https:' ? https : http) ?? all;
    return setting === undefined || isDirect(url) ? undefined : proxyOf(setting);
  };
}

interface Setting {
  readonly variable: string;
  readonly value: string;
}

/**
 * As in Python's urllib: names may have any case, the lower-case name wins, and an empty lower-case variable disables the
 * others.
 */
function settingOf(env: NodeJS.ProcessEnv, scheme: string): Setting | undefined {
  const lower = `${scheme}_proxy`;
  const variables = [
    lower,
    ...Object.keys(env).filter((name) => name !== lower && name.toLowerCase() === lower),
  ];
  for (const variable of variables) {
    const value = env[variable]?.trim();
    if (value) return { variable, value };
    if (value !== undefined && variable === lower) return undefined;
  }
  return undefined;
}

function proxyOf({ variable, value }: Setting): ProxyServer {
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = url && kindOf(url);
  if (!url || !kind || url.hostname === '') {
    const named = url ? `a proxy with the scheme ${url.protocol.slice(0, -1)}` : 'an invalid URL';
    throw new TransportError({
      why: `the environment variable ${variable} names ${named}, which cannot be used`,
      permanent: true,
      advice: `Set ${variable} to http://host:port, https://host:port or socks5://host:port, or add the host of the API to NO_PROXY. Special characters in a user name or password must be percent-encoded.`,
    });
  }
  const [username, password] = [percentDecoded(url.username), percentDecoded(url.password)];
  url.username = '';
  url.password = '';
  return { kind, url, username, password };
}

function kindOf({ protocol }: URL): ProxyServer['kind'] | undefined {
  if (protocol === 'http:' || protocol === 'https:') return 'http';
  // With both schemes every Python client lets the proxy look up the host name.
  if (protocol === 'socks5:' || protocol === 'socks5h:') return 'socks5';
  return undefined;
}

/**
 * Whether an address is reached without a proxy. The list is split at commas and, as in curl, at blanks. An element is `*`,
 * a host (with all its subdomains), `.host`, `*.host`, an IP address or a network, and may have a port or a scheme.
 */
export function directHosts(list: string): (url: URL) => boolean {
  const rules = list
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(ruleOf);
  return (url) => rules.some((rule) => rule(url));
}

type Rule = (url: URL) => boolean;

function ruleOf(element: string): Rule {
  const [, scheme = 'all', place = ''] = /^(?:([a-z]+):\/\/)?(.*?)\/?$/.exec(element.toLowerCase()) ?? [];
  // The port of an IPv6 address follows its brackets; without brackets all colons belong to the address.
  const [, inner, prefix = '', portBehind] = /^\[([^\]]+)\](\/\d+)?(?::(\d+))?$/.exec(place) ?? [];
  const [, plain = place, portAfter] = /^([^:]*)(?::(\d+))?$/.exec(place) ?? [];
  const port = portBehind ?? portAfter;
  const matches = addressRule(inner === undefined ? plain : `${inner}${prefix}`);
  return (url) =>
    (scheme === 'all' || `${scheme}:` === url.protocol) &&
    (port === undefined || port === (url.port || DEFAULT_PORTS[url.protocol])) &&
    matches(bare(url.hostname));
}

function addressRule(given: string): (host: string) => boolean {
  if (given === '*') return () => true;
  const [address = '', prefix] = given.split('/');
  if (isIP(address)) return networkRule(address, prefix);
  // With a leading dot, requests and urllib match the host itself too, and httpx only its subdomains.
  const domain = bare(given.replace(/^\*?\.+/, ''));
  const name = domainToASCII(domain) || domain;
  const itself = !given.startsWith('*');
  return (host) => (itself && host === name) || host.endsWith(`.${name}`);
}

function networkRule(address: string, prefix: string | undefined): (host: string) => boolean {
  const family = familyOf(address);
  const bits = prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix);
  const network = new BlockList();
  try {
    network.addSubnet(address, bits, family);
  } catch {
    // Like curl and Go, ignore an invalid element.
  }
  return (host) => isIP(host) !== 0 && familyOf(host) === family && network.check(host, family);
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** A host name without the brackets of an IPv6 address, and without the final dot of a fully qualified name. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').replace(/(?<=.)\.$/, '');
}
