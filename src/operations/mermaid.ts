import type { LogEvent } from '../events/envelope.ts';
import { headlineOf } from '../platform/failures/headline.ts';
import type { Reaction } from './reactions.ts';

export interface EventFlowStep {
  readonly event: LogEvent;
  readonly reactions: readonly Reaction[];
}

/**
 * The flow as a Mermaid flowchart: what the request caused, every consumer's status beside it with what went wrong, and
 * what that consumer caused. As many events from the start on as Mermaid draws by default.
 */
export function drawFlow(steps: readonly EventFlowStep[]): string {
  const drawn = steps.slice(0, drawableCount(steps));
  const places = new Map(drawn.map(({ event }, index) => [event.id, index]));
  const lines = drawn.flatMap(({ event, reactions }, index) => [
    `${causeOf(event, drawn, places)} --> e${index}[${quoted(event.type)}]`,
    ...reactions.map(
      (reaction, at) =>
        `e${index} -.->${labelOf(reaction)} e${index}c${at}(${quoted(`${reaction.consumer}: ${reaction.status}`)}):::${reaction.status}`,
    ),
  ]);
  const left = steps.length - drawn.length;
  const more = left > 0 ? [`more[${quoted(`and ${left} more events`)}]`] : [];
  return ['flowchart LR', 'request([request])', ...lines, ...more, ...styles].join('\n  ');
}

const maxEdges = 500; // Mermaid's own bound: it draws nothing beyond

function drawableCount(steps: readonly EventFlowStep[]): number {
  let edges = 0;
  const beyond = steps.findIndex(({ reactions }) => {
    edges += 1 + reactions.length;
    return edges > maxEdges;
  });
  return beyond === -1 ? steps.length : beyond;
}

/** The reaction that recorded the event where that is known, else the event that it answers, or the request. */
function causeOf(
  { causationId, via }: LogEvent,
  steps: readonly EventFlowStep[],
  places: ReadonlyMap<string, number>,
): string {
  const index = causationId === null ? undefined : places.get(causationId);
  if (index === undefined) return 'request';
  const recorder = via?.at(-1);
  const at = steps[index]!.reactions.findIndex(({ consumer }) => consumer === recorder);
  return at === -1 ? `e${index}` : `e${index}c${at}`;
}

const maxErrorLength = 120;

/** On the way to the consumer: how often it was tried in vain, and what it failed with. */
function labelOf({ attempts, error }: Reaction): string {
  if (error === null) return '';
  const text = headlineOf(error, maxErrorLength);
  return `|${quoted(attempts > 0 ? `${attempts}× ${text}` : text)}|`;
}

const styles = [
  'classDef PENDING fill:#fff7d6,stroke:#b58900,color:#333',
  'classDef DONE fill:#dff5e1,stroke:#2e7d32,color:#333',
  'classDef FAILED fill:#ffe3cc,stroke:#d9730d,color:#333',
  'classDef DEAD fill:#fbd5d5,stroke:#c62828,color:#333',
];

/** Mermaid reads entities, Markdown and tags in a text: all that could begin one is written by its number. */
const quoted = (text: string) =>
  `"${text.replaceAll(/[^\p{L}\p{N} .,:;()/…×_'+*=!?-]/gu, (character) => `#${character.codePointAt(0)};`)}"`;
