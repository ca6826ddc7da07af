/** For every test file of `npm run test:twice`. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect } from 'vitest';
import { partsFor } from './exemptions.ts';
import { parts } from './parts.ts';
import { readReport } from './report.ts';
import './preload.ts';

const reportFile = path.join(tmpdir(), `aorta-twice-${process.pid}.jsonl`);
process.env.AORTA_TWICE_REPORT = reportFile;
const testFile = path.relative(process.cwd(), expect.getState().testPath!);
process.env.AORTA_TWICE = partsFor(parts, testFile);

beforeEach(({ task }) => {
  process.env.AORTA_TWICE = partsFor(parts, testFile, task.name);
});

afterAll(() => {
  const harm = readReport(reportFile).filter(({ done }) => done === 'harm');
  rmSync(reportFile, { force: true });
  expect(harm, 'what was done twice has changed nothing').toEqual([]);
});
