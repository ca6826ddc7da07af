/** npm run audit: checks the whole store of event-sourced aggregates, and what was made of it. */
import '../production.ts';
import { parseArgs } from 'node:util';
import { createBankAudit } from '../../domains/banking/audit.ts';
import type { AuditProgress, Finding } from '../../history/audit.ts';
import { auditStore } from '../../history/audit-store.ts';
import { variables } from '../../platform/config.ts';
import { openDatabase } from '../../platform/postgres.ts';
import { readVariable, runProgram, tell, UsageError } from './program.ts';

const usage = `Usage: npm run audit [-- options]

Checks every event-sourced aggregate: its versions have no holes and its times never go back, each event has its row in the
outbox as long as that is kept and the other way round, snapshots and read models are what a replay comes to, and all money
that was paid in is on an account or in flight. Reads the store as it is at one moment, and changes nothing.

Options
  --aggregate TYPE  checks aggregates of this type alone, such as account
  --json            prints one JSON object
  --help            show this

Ends with code 1 when something is wrong.

Environment
  DATABASE_URL  ${variables.DATABASE_URL.about}
`;

const known = {
  aggregate: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const listed = 1_000; // findings that are told; the others are counted

async function main(): Promise<void> {
  const { values } = parseArgs({ options: known });
  if (values.help) return void process.stdout.write(usage);
  await using database = openDatabase({ url: readVariable('DATABASE_URL'), application: 'aorta-audit' });
  const bank = createBankAudit();
  const progress = createProgress();
  const findings: Finding[] = [];
  let found = 0;
  const options = { only: values.aggregate, onProgress: progress.note };
  for await (const finding of auditStore(database.pool, [bank], options)) {
    found += 1;
    if (found > listed) continue;
    if (values.json) findings.push(finding);
    else process.stdout.write(`${lineOf(finding)}\n`);
  }
  const { aggregates, events, outboxRows } = progress.last();
  if (values.aggregate !== undefined && aggregates === 0) {
    throw new UsageError(`there is no aggregate of the type "${values.aggregate}"`);
  }
  const counted = { aggregates, events, outboxRows, behind: bank.behind(), found };
  if (values.json) process.stdout.write(`${JSON.stringify({ ...counted, findings })}\n`);
  if (found > listed) tell(`only the first ${listed} are told`);
  if (counted.behind > 0)
    tell(`the read models have yet to come to the newest events of ${counted.behind} accounts`);
  tell(`${found === 0 ? 'sound' : `${found} findings`}: ${aggregates} aggregates with ${events} events`);
  if (found > 0) process.exitCode = 1;
}

function lineOf({ check, aggregateType, aggregateId, version, says }: Finding): string {
  const of = [aggregateType, aggregateId, version !== null && `version ${version}`].filter(Boolean);
  return `${check}: ${of.join(' ')} - ${says}`;
}

const reportMs = 1_000;

/** A line each second. */
function createProgress() {
  let last: AuditProgress = { aggregateType: '', aggregates: 0, events: 0, outboxRows: 0 };
  let saidAt = performance.now();
  return {
    last: () => last,
    note(progress: AuditProgress) {
      last = progress;
      if (performance.now() - saidAt < reportMs) return;
      saidAt = performance.now();
      const { aggregateType, aggregates, events, outboxRows } = progress;
      tell(
        outboxRows > 0
          ? `${outboxRows} rows of the outbox`
          : `${aggregateType}: ${aggregates} aggregates, ${events} events`,
      );
    },
  };
}

await runProgram('audit', main);
