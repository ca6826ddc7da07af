/** What a role tells of itself over HTTP, as an orchestrator and a monitoring system ask it. */
import type { RoleProcess } from './role-process.ts';

export interface ReadyAnswer {
  readonly status: number;
  readonly ready: boolean;
  readonly state?: string;
  readonly problems: readonly { readonly what: string; readonly error: string; readonly since: string }[];
  readonly warnings: readonly { readonly what: string; readonly error: string; readonly since: string }[];
}

/** Where a relay or worker answers, once it runs. */
export async function healthUrl(role: RoleProcess): Promise<string> {
  const { healthPort } = await role.waitForLog(`${role.role}.started`);
  return `http://127.0.0.1:${healthPort}`;
}

export async function readyz(url: string): Promise<ReadyAnswer> {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, ...((await response.json()) as Omit<ReadyAnswer, 'status'>) };
}

/** The series of a metric: its labels, as they are written, and its value. */
export async function series(url: string, metric: string): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.matchAll(new RegExp(`^${metric}(?:\\{(.*)\\})? (\\S+)$`, 'gm'));
  return Object.fromEntries(Array.from(found, ([, labels = '', value]) => [labels, Number(value)]));
}
