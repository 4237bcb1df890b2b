/** Which CAs are trusted: all that Node.js trusts, and all that any of Python's clients would. */
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { reasonOf } from '../../errors.ts';

/** Each names a PEM file, or a directory of PEM files. OpenSSL (and so httpx), requests, curl and Node.js read them. */
const FILE_VARIABLES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];

/** A list of directories, which OpenSSL reads. */
const DIRECTORY_VARIABLE = 'SSL_CERT_DIR';

/**
 * Where distributions keep the CAs of the machine: the list of Python's truststore, for a machine whose OpenSSL finds none.
 */
const MACHINE_FILES = [
  '/etc/ssl/cert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/cert.pem',
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/ssl/ca-bundle.pem',
];

/** Bounds of what a variable may name; the bundles of distributions have 0.3 MB and 150 files. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 2000;

/** Names in a directory that OpenSSL looks up by hash, or that are evidently certificates. */
const CERTIFICATE_FILE = /^[0-9a-f]{8}\.\d+$|\.(pem|crt|cer)$/i;

/**
 * The trusted CAs of all connections. Reading the machine's store takes 0.1 s, so call this for the first connection that
 * needs TLS, and reuse the result.
 *
 * @param notice called with a sentence about each variable that yields no certificate
 */
export function trustedBy(env: NodeJS.ProcessEnv, notice: (message: string) => void): SecureContext {
  return createSecureContext({
    ca: [...new Set([...getCACertificates('default'), ...ofMachine(), ...ofVariables(env, notice)])],
    // As in Python since 3.13: a company may distribute its intermediate CA alone.
    allowPartialTrustChain: true,
  });
}

function ofMachine(): string[] {
  const found = unlessItFails(() => getCACertificates('system')) ?? [];
  if (found.length > 0) return found;
  for (const file of MACHINE_FILES) {
    const inFile = unlessItFails(() => certificatesIn(file)) ?? [];
    if (inFile.length > 0) return inFile;
  }
  return [];
}

function ofVariables(env: NodeJS.ProcessEnv, notice: (message: string) => void): string[] {
  const named = [
    ...FILE_VARIABLES.map((variable) => [variable, env[variable] ?? ''] as const),
    ...(env[DIRECTORY_VARIABLE] ?? '').split(delimiter).map((path) => [DIRECTORY_VARIABLE, path] as const),
  ];
  return named.flatMap(([variable, path]) => {
    if (path === '') return [];
    try {
      const found = certificatesIn(path);
      if (found.length === 0) notice(`${subject(variable, path)} contains no PEM certificate.`);
      return found;
    } catch (error) {
      notice(`${subject(variable, path)} cannot be read: ${reasonOf(error)}.`);
      return [];
    }
  });
}

const subject = (variable: string, path: string) =>
  `The environment variable ${variable} is ignored: ${JSON.stringify(path)}`;

/** @throws Error when there is no such file or directory, or it is too large */
function certificatesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return certificatesOf(read(path));
  const names = readdirSync(path).filter((name) => CERTIFICATE_FILE.test(name));
  if (names.length > MAX_FILES) throw new Error(`it has more than ${MAX_FILES} files`);
  return names.flatMap((name) => unlessItFails(() => certificatesOf(read(join(path, name)))) ?? []);
}

function read(path: string): string {
  const status = statSync(path);
  if (!status.isFile()) throw new Error('it is neither a file nor a directory');
  if (status.size > MAX_FILE_BYTES) throw new Error(`it is larger than ${MAX_FILE_BYTES} bytes`);
  return readFileSync(path, 'latin1');
}

/** Each certificate in a PEM text, normalized. Broken ones are left out. */
function certificatesOf(text: string): string[] {
  const blocks =
    text.match(/-----BEGIN ([A-Z0-9]+ )?CERTIFICATE-----[^-]+-----END \1?CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => unlessItFails(() => new X509Certificate(block).toString()) ?? []);
}

function unlessItFails<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
