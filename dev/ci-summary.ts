/** Prints `N passed, N failed` of a JSON report of vitest, whose path is the argument. */
import { readFileSync } from 'node:fs';

interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const report = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Report;
const tests = report.testResults.flatMap((file) => file.assertionResults);
const passed = tests.filter((test) => test.status === 'passed').length;
const failed = tests.filter((test) => test.status === 'failed').length;
// a file that failed beside its tests, while it was loaded or cleaned up
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
).length;
console.log(`${passed} passed, ${failed + brokenFiles} failed`);
