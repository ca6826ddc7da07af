/** What can be known to be wrong with reactions before the first event comes. */
import type { Catalogue } from '../events/catalogue.ts';
import type { Reaction } from './reaction.ts';

/** A declaration that cannot work; the message says which, and what to do, in a line. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
}

/**
 * Throws a DeclarationError when two reactions share a name, when one reacts to an event that is not in the catalogue, or
 * keeps an order by a key that none of its events has.
 */
export function checkReactions(reactions: readonly Reaction[], catalogue: Catalogue): void {
  const names = new Set<string>();
  for (const reaction of reactions) {
    const { name } = reaction;
    if (names.has(name)) throw new DeclarationError(`two consumers are named "${name}"`);
    names.add(name);
    const unknown = reaction.events.find(({ type }) => !catalogue.find(type));
    if (unknown) {
      throw new DeclarationError(
        `consumer "${name}" reacts to "${unknown.type}", which no module names: add the event to the events of its domain's module`,
      );
    }
    checkOrder(reaction);
  }
}

function checkOrder(reaction: Reaction): void {
  const by = reaction.kind === 'queue' ? (reaction.ordered?.by ?? 'aggregate') : 'aggregate';
  if (by === 'aggregate') return;
  const kinds = [...new Set(reaction.events.flatMap(({ keys = {} }) => Object.keys(keys)))].sort();
  if (kinds.includes(by)) return;
  const known = ['aggregate', ...kinds].map((kind) => `"${kind}"`).join(', ');
  throw new DeclarationError(
    `consumer "${reaction.name}" keeps the order by "${by}", a key that none of its events has: they have ${known}`,
  );
}
