/** The events of docs/add-a-domain.md, docs/reactions.md and docs/schema-evolution.md. */
import { z } from 'zod';
import { defineEvent } from '../../../src/events/define-event.ts';

export const orderPlaced = defineEvent(
  'shop.order_placed', // <domain>.<past_tense_fact>
  z.object({ orderId: z.string(), userId: z.string(), total: z.int() }),
  { topic: 'shop', aggregateType: 'order', keys: { user: ({ userId }) => userId } },
);

export const orderCancelled = defineEvent(
  'shop.order_cancelled',
  z.object({ orderId: z.string(), userId: z.string() }),
  { topic: 'shop', aggregateType: 'order', keys: { user: ({ userId }) => userId } },
);

export const receiptIssued = defineEvent(
  'shop.receipt_issued',
  z.object({ orderId: z.string(), userId: z.string() }),
  { topic: 'shop', aggregateType: 'receipt', keys: { user: ({ userId }) => userId } },
);

export const stockCounted = defineEvent(
  'shop.stock_counted',
  z.object({ product: z.string(), count: z.int() }),
  { topic: 'shop', aggregateType: 'product', keys: { product: ({ product }) => product } },
).next(
  z.object({ product: z.string(), warehouse: z.string(), count: z.int() }),
  (old) => ({ ...old, warehouse: 'main' }),
  { keys: { product: ({ product }) => product, warehouse: ({ warehouse }) => warehouse } },
);

export const shopEvents = [orderPlaced, orderCancelled, receiptIssued, stockCounted] as const;
