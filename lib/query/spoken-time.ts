const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const durationPattern =
  /^(\d+(?:\.\d+)?) ?(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?)(?: ago)?$/i;

//                     yesterday   at 14 :05      :09
const timePattern = /^(?:([a-z]+)\b)?(?: ?(?:at )?(\d{1,2}):(\d\d)(?::(\d\d))?)?$/i;

/** Milliseconds of `90 minutes`, `2 hours ago`, `1h ago`; undefined for anything else. */
export function parseSpokenDuration(text: string): number | undefined {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Math.round(Number(amount) * (unitMs[unit.charAt(0).toLowerCase()] ?? Number.NaN));
}

/**
 * The instant of a day in words, of a time of day, or of both: `today`, `yesterday`, `monday` (the last one,
 * today included), `yesterday 14:00`, `14:00` (the last time it was that late). Local; a day alone is its
 * midnight. Undefined for anything else.
 */
export function parseSpokenTime(text: string, nowMs: number): number | undefined {
  const [matched, day, hours, minutes = 0, seconds = 0] = timePattern.exec(text) ?? [];
  if (matched === undefined || matched === '') return undefined;
  if (Number(hours ?? 0) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const instantOn = (daysAgo: number): number => {
    const now = new Date(nowMs);
    const date = now.getDate() - daysAgo;
    return new Date(
      now.getFullYear(),
      now.getMonth(),
      date,
      Number(hours ?? 0),
      Number(minutes),
      Number(seconds),
    ).getTime();
  };
  if (day === undefined) return instantOn(0) <= nowMs ? instantOn(0) : instantOn(1);
  const daysAgo = daysSince(day.toLowerCase(), nowMs);
  return daysAgo === undefined ? undefined : instantOn(daysAgo);
}

function daysSince(day: string, nowMs: number): number | undefined {
  if (day === 'today' || day === 'midnight') return 0;
  if (day === 'yesterday') return 1;
  const weekday = weekdays.findIndex((name) => name === day || (day.length === 3 && name.startsWith(day)));
  return weekday < 0 ? undefined : (new Date(nowMs).getDay() - weekday + 7) % 7;
}
