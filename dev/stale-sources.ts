/** Which sources have something that the code generated from them does not know. Quick: nothing is generated. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type DefinitionNode, parse } from 'graphql';

/** The models and the parts of the contract that changed since `npm run generate`, as paths below the root. */
export function staleSources(root: string): readonly string[] {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const list = (folder: string, ending: string) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith(ending))
      .map((name) => `${folder}/${name}`);

  const models = modelsIn(read('src/generated/prisma/internal/class.ts'));
  const isKnownModel = (file: string) => models.includes(squeeze(read(file)));
  const types = read('src/schema/generated.ts');
  const isKnownContract = (file: string) =>
    parse(read(file)).definitions.every((node) => isKnown(types, node));
  return [
    ...list('prisma/schema', '.prisma').filter((file) => !isKnownModel(file)),
    ...list('src/schema', '.graphql').filter((file) => !isKnownContract(file)),
  ];
}

/** Prisma keeps all of the models in what it generates, aligned in its own way. */
function modelsIn(client: string): string {
  const [, json = '""'] = /"inlineSchema": ("(?:[^"\\]|\\.)*")/.exec(client) ?? [];
  return squeeze(JSON.parse(json));
}

const squeeze = (text: string) => text.replace(/[ \t]+/g, ' ').trim();

/** Whether each field of the definition stands in the generated type, and each of its fields with arguments has theirs. */
function isKnown(types: string, node: DefinitionNode): boolean {
  if (!('name' in node && node.name) || !('fields' in node)) return true;
  const name = node.name.value;
  const [, body = ''] = types.split(new RegExp(`export type ${name} = `), 2);
  const own = body.split('\n};', 1)[0]!;
  return (node.fields ?? []).every((field) => {
    const named = new RegExp(`readonly ${field.name.value}\\??:`).test(own);
    const capital = field.name.value[0]!.toUpperCase() + field.name.value.slice(1);
    const takes = 'arguments' in field ? (field.arguments ?? []) : [];
    const [, given = ''] = types.split(`export type ${name}${capital}Args = {`, 2);
    const args = given.split('};', 1)[0]!;
    return named && takes.every((arg) => args.includes(` ${arg.name.value}`));
  });
}
