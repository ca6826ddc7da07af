import type { LogEvent } from '../events/envelope.ts';
import type { Reaction } from './reactions.ts';

export interface EventFlowStep {
  readonly event: LogEvent;
  readonly reactions: readonly Reaction[];
}

/** The flow as a Mermaid flowchart: what the request caused, what that caused, and every consumer's status beside it. */
export function drawFlow(steps: readonly EventFlowStep[]): string {
  const nodes = new Map(steps.map(({ event }, index) => [event.id, `e${index}`]));
  const lines = steps.flatMap(({ event, reactions }) => {
    const node = nodes.get(event.id)!;
    const cause = event.causationId === null ? undefined : nodes.get(event.causationId);
    return [
      `${cause ?? 'request'} --> ${node}[${quoted(event.type)}]`,
      ...reactions.map(
        ({ consumer, status }, index) =>
          `${node} -.-> ${node}c${index}(${quoted(`${consumer}: ${status}`)}):::${status}`,
      ),
    ];
  });
  return ['flowchart LR', 'request([request])', ...lines, ...styles].join('\n  ');
}

const styles = [
  'classDef PENDING fill:#fff7d6,stroke:#b58900,color:#333',
  'classDef DONE fill:#dff5e1,stroke:#2e7d32,color:#333',
  'classDef FAILED fill:#ffe3cc,stroke:#d9730d,color:#333',
  'classDef DEAD fill:#fbd5d5,stroke:#c62828,color:#333',
];

const quoted = (text: string) => `"${text.replaceAll('"', '#quot;')}"`;
