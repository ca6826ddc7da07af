/**
 * What a run of the tests came to. The arguments are the JSON report of vitest and, where failed files were run again,
 * the report of that. Prints `N passed, N failed`, after the files that passed only the second time. With `--failed`
 * prints nothing but the files that failed, one on each line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

const { values, positionals } = parseArgs({
  options: { failed: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [first = [], again = []] = positionals.map(readFiles);
const failedFiles = first.filter(({ status }) => status === 'failed');

if (values.failed) {
  for (const { name } of failedFiles) console.log(name);
} else {
  const secondOf = new Map(again.map((file) => [file.name, file]));
  for (const { name } of failedFiles) {
    if (secondOf.get(name)?.status === 'passed') console.log(`Passed only the second time, alone: ${name}`);
  }
  const files = first.map((file) => secondOf.get(file.name) ?? file);
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const failed = tests.filter(({ status }) => status === 'failed').length;
  // a file that failed beside its tests, while it was loaded or cleaned up
  const brokenFiles = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  console.log(`${passed} passed, ${failed + brokenFiles} failed`);
}

function readFiles(report: string): readonly TestFile[] {
  if (!existsSync(report)) return [];
  return (JSON.parse(readFileSync(report, 'utf8')) as { testResults: readonly TestFile[] }).testResults;
}
