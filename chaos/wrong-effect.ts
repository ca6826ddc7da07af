/** Something that a service did not do, or did more than once. */
export interface WrongEffect {
  readonly service: string;
  /** In words, such as `watches of user u1` */
  readonly what: string;
  readonly expected: string | null;
  readonly actual: string | null;
  /** The event, where it is known */
  readonly eventId: string | null;
}

/** SQL that gives the rows, as wrong effects of a service, in which two queries of (key, value) differ. */
export const differing = (service: string, what: string, expected: string, actual: string) => `
  SELECT '${service}' AS service, '${what} ' || key AS what, expected.value::text AS expected,
         actual.value::text AS actual, NULL AS "eventId"
    FROM (${expected}) AS expected (key, value)
    FULL JOIN (${actual}) AS actual (key, value) USING (key)
   WHERE expected.value IS DISTINCT FROM actual.value`;
