import { spawn } from 'node:child_process';

export interface Leash {
  /** To be called once the process has ended. */
  release(): void;
}

// A read on the pipe ends when its other end closes, which the system does however this process dies.
const script = 'read -r _; kill -"$2" "$1" 2>/dev/null; [ -z "$3" ] || { sleep 1; rm -rf "$3"; }';

/**
 * Ends the process `pid` and removes `folder` when this process dies, by `kill -9` too. An exit hook could not: it does
 * not run then, and one that waits for servers would decide this process's exit code.
 */
export function leash(pid: number, signal: NodeJS.Signals, folder = ''): Leash {
  // a group of its own: Ctrl-C must not end the watcher before what it watches
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', String(pid), signal.replace('SIG', ''), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.on('error', () => {});
  watcher.stdin.on('error', () => {});
  watcher.unref();
  (watcher.stdin as unknown as { unref(): void }).unref();
  return { release: () => void watcher.kill('SIGKILL') };
}
