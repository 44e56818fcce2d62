/** How a listener reads lines; `lib/docs/protocol.md` has the table of differences. */
export const dialects = ['goodall', 'statsd', 'dogstatsd'] as const;
export type Dialect = (typeof dialects)[number];
