/** What the demo of the bank comes to: as figures for programs, and as a table for people. */
import type { Verdict } from '../verdict.ts';

export interface BankSummary extends Verdict {
  readonly accounts: number;
  readonly deposits: number;
  readonly withdrawals: number;
  readonly transfers: number;
  /** For want of money */
  readonly refused: number;
  /** Events of the bank */
  readonly recorded: number;
  /** What customers were told that they paid in, less what they took out; minor units */
  readonly paidIn: string;
  /** What is on all accounts together; minor units */
  readonly onAccounts: string;
  /** An account's past was the same when it was asked for later */
  readonly pastIsAsItWas: boolean;
  readonly conflictDetected: boolean;
  /** Of the audit */
  readonly findings: number;
  readonly ok: boolean;
}

/** Whether no event and no cent is missing or there twice. */
export function isSound(summary: Omit<BankSummary, 'ok'>): boolean {
  const { recorded, delivered, lost, doubled, reordered, phantom, findings } = summary;
  return (
    delivered === recorded &&
    [lost, doubled, reordered, phantom, findings].every((count) => count === 0) &&
    summary.paidIn === summary.onAccounts &&
    summary.pastIsAsItWas &&
    summary.conflictDetected
  );
}

/** The table for people. */
export function formatBankSummary(summary: BankSummary): string {
  const count = (value: number) => value.toLocaleString('en');
  const rows: [string, string][] = [
    [
      'Deposits, withdrawals, transfers',
      `${count(summary.deposits)}, ${count(summary.withdrawals)}, ${count(summary.transfers)}`,
    ],
    ['Refused for want of money', count(summary.refused)],
    ['Paid in', inEuros(summary.paidIn)],
    ['On all accounts', inEuros(summary.onAccounts)],
    ['Events recorded', count(summary.recorded)],
    ['Events delivered', count(summary.delivered)],
    ['Lost', count(summary.lost)],
    ['Doubled', count(summary.doubled)],
    ['Out of order', count(summary.reordered)],
    ['Findings of the audit', count(summary.findings)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const verdict = summary.ok
    ? 'Every cent is accounted for, and every event arrived once and in order.'
    : 'This is not as it should be: see above.';
  return [...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), '', verdict].join('\n');
}

/** Minor units as people write them. */
export function inEuros(minorUnits: number | string): string {
  const cents = BigInt(minorUnits);
  const [sign, amount] = cents < 0n ? ['-', -cents] : ['', cents];
  return `${sign}${(amount / 100n).toLocaleString('en')}.${String(amount % 100n).padStart(2, '0')} EUR`;
}
