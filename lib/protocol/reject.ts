/** Why a line, or in statsd's dialect a bit of it, was not accepted. The numbers index `rejectNames`. */
export const Reject = {
  /** No `:` behind the name. */
  NoValue: 0,
  /** A value without `|type`. */
  NoType: 1,
  EmptyName: 2,
  /** Not a number, not finite, a negative timer, no value at all, a set without a member. */
  BadValue: 3,
  BadType: 4,
  BadSampleRate: 5,
  BadTimestamp: 6,
  BadEvent: 7,
  BadCheck: 8,
} as const;
export type Reject = (typeof Reject)[keyof typeof Reject];

/** The words of the counters and of the stored bad lines, indexed by `Reject`; stable. */
export const rejectNames = [
  'no_value',
  'no_type',
  'empty_name',
  'bad_value',
  'bad_type',
  'bad_sample_rate',
  'bad_timestamp',
  'bad_event',
  'bad_check',
] as const;
