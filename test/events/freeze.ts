/** npx node test/events/freeze.ts TYPE 'PAYLOAD AS JSON': writes the fixture of the newest version of an event type. */
import { catalogue } from '../../src/app/modules.ts';
import { messageOf } from '../../src/platform/errors.ts';
import { freeze, readFrozen } from './frozen.ts';
import { refusals } from './refusals.ts';

const folder = import.meta.dirname;
const [type, payload] = process.argv.slice(2);

try {
  if (type === undefined) {
    console.log(refusals(catalogue.definitions, readFrozen(folder)).join('\n') || 'every version is frozen');
  } else {
    const definition = catalogue.find(type);
    if (!definition) throw new Error(`there is no event type "${type}"`);
    if (payload === undefined) throw new Error(`give a payload of ${type} as JSON`);
    console.log(`wrote ${freeze(folder, definition, JSON.parse(payload))}`);
  }
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
