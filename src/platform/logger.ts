import { type Logger, pino } from 'pino';
import { Repeats } from './repeats.ts';
import { redact } from './secrets.ts';

export type { Logger };

const summaryMs = 10_000; // how often lines that were left out are summed up

/**
 * JSON lines on standard error, which leaves standard output to a command's own answer. No line holds a secret of the
 * environment. Warnings and errors that repeat are counted, and summed up every ten seconds and at the end in a line
 * with `repeated`; what is fatal, and what a role tells of its own life, is always written.
 */
export function createLogger(role: string, level: string): Logger {
  const destination = pino.destination({ dest: 2, sync: false });
  const repeats = new Repeats<Summary>();
  let timer: NodeJS.Timeout | undefined;
  const sumUp = () => {
    timer = undefined;
    const taken = repeats.take();
    for (const { count, summary } of taken) summary(count);
    if (taken.length > 0) startTimer(); // a kind that goes on is let through again only after a pause
  };
  const startTimer = () => {
    if (timer === undefined) timer = setTimeout(sumUp, summaryMs).unref();
  };
  const logger = pino(
    {
      level,
      base: { role, pid: process.pid },
      hooks: {
        streamWrite: redact,
        logMethod(args, method, severity) {
          const [fields, name] = readLine(args);
          if (!mayRepeat(severity, name)) return method.apply(this, args);
          startTimer();
          const summary: Summary = (repeated) => method.apply(this, [{ ...keptOf(fields), repeated }, name]);
          if (repeats.admit({ name, kind: kindOf(fields) }, summary)) method.apply(this, args);
        },
      },
    },
    destination,
  );
  endings.push(sumUp);
  return logger;
}

const endings: (() => void)[] = [];

// registered before any destination is made, whose own listeners then write what these have added
for (const end of ['beforeExit', 'exit']) {
  process.once(end, () => {
    for (const sumUp of endings) sumUp();
  });
}

/** Writes the line that stands for so many that were left out. */
type Summary = (repeated: number) => void;
type Fields = Readonly<Record<string, unknown>>;

const { warn, error } = pino.levels.values as { readonly warn: number; readonly error: number };
/** They come with every outage that comes and goes */
const ofOutages = new Set(['loop.recovered', 'redis.back']);

const mayRepeat = (severity: number, name: string) =>
  (severity >= warn && severity <= error) || ofOutages.has(name);

function readLine(args: readonly unknown[]): readonly [fields: Fields, name: string] {
  const [first, second] = args;
  if (typeof first === 'object' && first !== null) return [first as Fields, String(second ?? '')];
  return [{}, String(first)];
}

/** What tells who failed: lines of several of them are not repeats of each other. */
const whose = ['consumer', 'loop', 'lease', 'connection', 'signal', 'partition'] as const;

/** Ids and numbers are left out of it: else each line would be a kind of its own. */
function kindOf(fields: Fields): string {
  const about = whose.map((field) => fields[field] ?? '');
  const text = String(fields.error ?? fields.reason ?? '').slice(0, 200);
  return [...about, text.replace(/"[^"]*"|[\da-f]{8}-[\da-f-]{27}|\d+/g, '#')].join(' ');
}

/** A summary names whose lines it sums up and what the newest said; the stack stands in those that were written whole. */
const keptOf = ({ stack: _stack, ...fields }: Fields): Fields => fields;
