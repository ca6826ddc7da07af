/** Certificates of an authority of our own, as a company's servers have them. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './debian-program.ts';

const run = promisify(execFile);

export interface Certificates extends AsyncDisposable {
  /** Paths of PEM files: the authority's certificate, and a server's for localhost, 127.0.0.1 and ::1 with its key */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes them with openssl, in a folder of their own that goes with them. */
export async function makeCertificates(): Promise<Certificates> {
  const openssl = findProgram({
    names: ['openssl'],
    debianPackage: 'openssl',
    advice: 'openssl so that it is on the PATH, for instance with "apt-get install openssl"',
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-certificates-'));
  const file = (name: string) => path.join(folder, name);
  const make = (...args: string[]) => run(openssl, args, { cwd: folder });
  await make(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  await make(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  );
  await writeFile(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n');
  await make(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'names',
    '-out',
    'server.crt',
  );
  await chmod(folder, 0o755);
  await chmod(file('server.key'), 0o600);
  return {
    authority: file('ca.crt'),
    certificate: file('server.crt'),
    key: file('server.key'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
