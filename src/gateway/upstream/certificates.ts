/** Whose certificates are trusted: all that Node.js trusts, and all that one of Python's clients would. */
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { reasonOf } from '../../errors.ts';

/** Each names a PEM file, or a directory of them: of OpenSSL (and so of httpx), requests, curl and Node.js. */
const FILE_VARIABLES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];

/** A list of directories, as OpenSSL reads it. */
const DIRECTORY_VARIABLE = 'SSL_CERT_DIR';

/** Where distributions keep the CAs of the machine: truststore's list, for a machine whose OpenSSL finds none. */
const MACHINE_FILES = [
  '/etc/ssl/cert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/cert.pem',
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/ssl/ca-bundle.pem',
];

/** Bounds of what a variable may lead to; the bundles of distributions have 0.3 MB and 150 files. */
const LARGEST_FILE = 16 * 1024 * 1024;
const MOST_FILES = 2000;

/** In a directory: what OpenSSL looks up by its hash, and what is plainly a certificate. */
const CERTIFICATE_FILE = /^[0-9a-f]{8}\.\d+$|\.(pem|crt|cer)$/i;

/**
 * The trust of all connections. Reading the store of the machine takes 0.1 s: call it for the first connection that
 * needs TLS, and keep what it returns.
 *
 * @param notice called with a sentence about each variable that leads to no certificate
 */
export function trustedBy(env: NodeJS.ProcessEnv, notice: (message: string) => void): SecureContext {
  return createSecureContext({
    ca: [...new Set([...getCACertificates('default'), ...ofMachine(), ...ofVariables(env, notice)])],
    // As Python has it since 3.13: a company may hand out its intermediate CA alone.
    allowPartialTrustChain: true,
  });
}

function ofMachine(): string[] {
  const found = attempt(() => getCACertificates('system')) ?? [];
  if (found.length > 0) return found;
  for (const file of MACHINE_FILES) {
    const inFile = attempt(() => certificatesIn(file)) ?? [];
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
      if (found.length === 0) notice(`${subject(variable, path)} holds no certificate in PEM form.`);
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
  if (names.length > MOST_FILES) throw new Error(`it has more than ${MOST_FILES} files`);
  return names.flatMap((name) => attempt(() => certificatesOf(read(join(path, name)))) ?? []);
}

function read(path: string): string {
  const status = statSync(path);
  if (!status.isFile()) throw new Error('it is neither a file nor a directory');
  if (status.size > LARGEST_FILE) throw new Error(`it is larger than ${LARGEST_FILE} bytes`);
  return readFileSync(path, 'latin1');
}

/** Each certificate in a text in PEM form, all written alike; what is broken is left out. */
function certificatesOf(text: string): string[] {
  const blocks =
    text.match(/-----BEGIN ([A-Z0-9]+ )?CERTIFICATE-----[^-]+-----END \1?CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => attempt(() => new X509Certificate(block).toString()) ?? []);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
