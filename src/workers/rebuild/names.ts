/** What the rebuild of a processor is called in the database. */

/** The schema that its copies stand in. */
export const schemaOf = (processor: string) => `rebuild_${processor}`;

/** The consumer whose checkpoints are its own: retention waits for it, and `npm run consumers` shows it. */
export const consumerOf = (processor: string) => `rebuild:${processor}`;

/** A name as SQL has it. */
export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
