/**
 * Makes every delivery happen twice in the process that loads it, and in those that it starts: `node --import` it, with
 * AORTA_TWICE set. Nothing of the product knows of it: the methods of BullMQ and ioredis that it calls are replaced.
 */
import { enqueueLanesTwice } from './enqueue-lanes-twice.ts';
import { enqueueTwice } from './enqueue-twice.ts';
import { lookPastTwins } from './look-past-twins.ts';
import { passOn } from './pass-on.ts';
import { publishTwice } from './publish-twice.ts';
import { runTwice } from './run-twice.ts';

if (process.env.AORTA_TWICE) {
  publishTwice();
  enqueueTwice();
  enqueueLanesTwice();
  runTwice();
  lookPastTwins();
  passOn();
}
