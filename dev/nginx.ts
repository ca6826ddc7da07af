import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findProgram } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { leash } from './leash.ts';

export interface Nginx extends AsyncDisposable {
  readonly url: string;
  /** The last that it has told of errors */
  readonly told: string;
}

/** Starts a real nginx before these ports of this machine, as docs/operations.md has it. It is gone with this process. */
export async function startNginx(upstreams: readonly number[]): Promise<Nginx> {
  const program = findProgram({
    names: ['nginx'],
    debianPackage: 'nginx-light',
    advice: 'nginx so that it is on the PATH, for instance with "apt-get install nginx-light"',
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-nginx-'));
  const port = await freePort();
  await writeFile(path.join(folder, 'nginx.conf'), configOf(port, upstreams));
  const args = ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf', '-g', 'daemon off;'];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (text) => {
    told = `${told}${text}`.slice(-2_000);
  });
  const held = leash(child.pid!, 'SIGTERM', folder);
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const answers = async (): Promise<void> => {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`nginx ended: ${told}`);
      const answered = await fetch(`${url}/healthz`).catch(() => undefined);
      if (answered) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await answers();
  return {
    url,
    get told() {
      return told;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      held.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const configOf = (port: number, upstreams: readonly number[]) => `
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  map $http_upgrade $upstream_connection { default upgrade; '' ''; }
  upstream apis {
    ${upstreams.map((upstream) => `server 127.0.0.1:${upstream} max_fails=0;`).join('\n    ')}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://apis;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $upstream_connection;
      proxy_buffering off;
      proxy_read_timeout 60s;
      proxy_next_upstream error timeout non_idempotent;
    }
  }
}
`;
