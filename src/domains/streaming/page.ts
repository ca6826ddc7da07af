/** A page of videos, and the cursor that stands for a place between them. */
import { z } from 'zod';
import type { Video } from '../../generated/prisma/client.ts';
import { wrongArgument } from '../../platform/errors.ts';
import { checkStorable } from '../check.ts';

export interface VideoPage {
  readonly edges: readonly { readonly cursor: string; readonly node: Video }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** The place just after a video in the order of titles; stays right when videos come or go. */
export interface VideoPlace {
  readonly title: string;
  readonly id: string;
}

/** `found` may hold one video more than the page: that is how it is known that another page follows. */
export function toPage(found: readonly Video[], first: number, after: VideoPlace | undefined): VideoPage {
  const edges = found.slice(0, first).map((node) => ({ cursor: toCursor(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: after !== undefined, // the video that it names
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** Throws BAD_USER_INPUT for anything that is not a cursor of a page. */
export function readCursor(cursor: string): VideoPlace {
  const place = placeSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!place.success) throw wrongArgument('after', 'is not a cursor of this list.');
  const [title, id] = place.data;
  checkStorable('after', title + id);
  return { title, id };
}

const placeSchema = z.tuple([z.string(), z.string()]);

function toCursor({ title, id }: VideoPlace): string {
  return Buffer.from(JSON.stringify([title, id])).toString('base64url');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
