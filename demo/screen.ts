/** What people see while the demo runs. */

export interface Screen {
  /** Runs the work under a title, which gets a tick, or a cross when it throws. */
  phase<Result>(title: string, work: () => Promise<Result>): Promise<Result>;
  line(text?: string): void;
  /** A line that the next one replaces; on what is no terminal it is written every 5 s at most. */
  status(text: string): void;
}

const plainStatusMs = 5_000;

/** Writes to a terminal, or plain lines to anything else. */
export function createScreen(out: NodeJS.WriteStream): Screen {
  const clear = out.isTTY ? '\r\x1b[K' : '';
  let statusAt = performance.now();
  let pending = ''; // what stands in the terminal's last line
  const line = (text = '') => {
    out.write(`${clear}${text}\n${pending}`);
  };
  const status = (text: string) => {
    if (out.isTTY) {
      pending = text.slice(0, (out.columns || 80) - 1);
      out.write(`${clear}${pending}`);
    } else if (performance.now() - statusAt >= plainStatusMs) {
      statusAt = performance.now();
      out.write(`${text}\n`);
    }
  };
  const endStatus = () => {
    if (pending) out.write(clear);
    pending = '';
  };
  return {
    line,
    status,
    async phase(title, work) {
      const startedAt = performance.now();
      if (out.isTTY) status(`… ${title}`);
      try {
        const result = await work();
        endStatus();
        line(`✔ ${title} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
        return result;
      } catch (error) {
        endStatus();
        line(`✘ ${title}`);
        throw error;
      }
    },
  };
}
