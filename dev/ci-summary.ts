/** What a run of the tests came to. The argument is the JSON report of vitest. Prints `N passed, N failed`. */
import { readFileSync } from 'node:fs';

interface TestFile {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

const [report] = process.argv.slice(2);
if (report === undefined) throw new Error('name the JSON report of vitest');
const { testResults: files } = JSON.parse(readFileSync(report, 'utf8')) as {
  testResults: readonly TestFile[];
};

const tests = files.flatMap((file) => file.assertionResults);
const passed = tests.filter(({ status }) => status === 'passed').length;
const failed = tests.filter(({ status }) => status === 'failed').length;
// a file that failed beside its tests, while it was loaded or cleaned up
const brokenFiles = files.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
).length;
console.log(`${passed} passed, ${failed + brokenFiles} failed`);
