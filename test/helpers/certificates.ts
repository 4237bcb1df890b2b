/** A private certificate authority, and the certificates that it signs. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { temporaryDirectory } from './temporary-directory.ts';

export interface Certificate extends Pick<SecureContextOptions, 'minVersion' | 'maxVersion' | 'ciphers'> {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  readonly names?: string;
  /** How long the certificate is valid. It has expired if this is negative. */
  readonly days?: number;
}

/** Makes a private CA with openssl. It is new each time, because a repository must not contain private keys. */
export function makeCa(name = 'Private CA of a test') {
  const folder = temporaryDirectory();
  const run = (...args: string[]) => openssl(folder, args);
  const key = (file: string) =>
    run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  key('ca.key');
  run('req', '-x509', '-new', '-key', 'ca.key', '-days', '2', '-subj', `/CN=${name}`, '-out', 'ca.pem');
  let count = 0;
  const sign = (subject: string, extensions: string, days: number): string => {
    const file = `signed-${++count}`;
    writeFileSync(join(folder, `${file}.ext`), extensions);
    key(`${file}.key`);
    run('req', '-new', '-key', `${file}.key`, '-subj', subject, '-out', `${file}.csr`);
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', String(count), '-extfile', `${file}.ext`];
    run('x509', '-req', '-in', `${file}.csr`, ...by, '-days', String(days), '-out', `${file}.pem`);
    return file;
  };
  return {
    folder,
    /** The PEM file of the CA. */
    file: join(folder, 'ca.pem'),
    /** A certificate for servers. The default is valid, and for 127.0.0.1. */
    server({ names = 'IP:127.0.0.1', days = 2 }: CertificateOptions = {}): Certificate {
      const file = sign('/CN=server', `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`, days);
      return { key: read(`${file}.key`), cert: read(`${file}.pem`) };
    },
    /** A directory with the CA, in a file that has the name under which OpenSSL looks it up. */
    hashedDirectory(): string {
      const directory = temporaryDirectory();
      const hash = openssl(folder, ['x509', '-in', 'ca.pem', '-noout', '-hash']).trim();
      writeFileSync(join(directory, `${hash}.0`), read('ca.pem'));
      return directory;
    },
  };
}

function openssl(cwd: string, args: readonly string[]): string {
  try {
    return execFileSync('openssl', args, { cwd, stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(
      missing
        ? 'This test makes certificates with openssl, which is not installed. Install OpenSSL.'
        : `openssl ${args[0]} failed: ${String((error as { stderr?: string }).stderr)}`,
    );
  }
}
