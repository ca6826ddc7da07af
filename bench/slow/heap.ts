import type { MeasuredServer } from '../live/measured-server.ts';

/** What the api holds in memory for JavaScript: its heap, and the buffers that wait to be sent. Garbage is collected first. */
export async function readHeapBytes(api: MeasuredServer): Promise<number> {
  await api.settledUsage();
  const metrics = await (await fetch(`http://127.0.0.1:${api.port}/metrics`)).text();
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)![1]);
  return figure('nodejs_heap_size_used_bytes') + figure('nodejs_external_memory_bytes');
}
