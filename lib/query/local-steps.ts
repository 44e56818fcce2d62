import type { Steps } from './steps.js';

/**
 * Spans that follow the clocks on the wall of the local zone. A unit has a number, and a reading of the clocks
 * with which it starts (in milliseconds as if they showed UTC). Where clocks go forward over that reading, it
 * starts with the change.
 */
function localSteps(unitAt: (local: Date) => number, wallStart: (unit: number) => number): Steps {
  return {
    startOf: (timeMs) => instantOf(wallStart(unitAt(new Date(timeMs)))),
    endOf: (startMs) => instantOf(wallStart(unitAt(new Date(startMs)) + 1)),
  };
}

const dayMs = 86_400_000;

/** 1970-01-01 was a Thursday; weeks start on Monday (ISO 8601). */
const mondayOffsetDays = 3;

/** Spans of so many local days, 23 to 25 hours each; they are counted from 1970-01-01. */
export function localDays(days: number): Steps {
  return daysFrom(days, 0);
}

/** Spans of so many weeks that start on Mondays. */
export function localWeeks(weeks: number): Steps {
  return daysFrom(weeks * 7, mondayOffsetDays);
}

function daysFrom(days: number, offsetDays: number): Steps {
  return localSteps(
    (local) => Math.floor((dayOf(local) + offsetDays) / days),
    (unit) => (unit * days - offsetDays) * dayMs,
  );
}

/** Spans of so many months, counted from January of year 0: 3 gives the quarters, 12 the years. */
export function localMonths(months: number): Steps {
  return localSteps(
    (local) => Math.floor((local.getFullYear() * 12 + local.getMonth()) / months),
    (unit) => Date.UTC(Math.floor((unit * months) / 12), (unit * months) % 12),
  );
}

/**
 * Spans of so many milliseconds, which must divide a day, that start at midnight on the wall. Those of an hour
 * and less keep their length over a clock change, so that an hour which comes twice has two rows; longer ones
 * keep to the wall, and one of them is longer or shorter by the change.
 */
export function localHours(stepMs: number): Steps {
  return stepMs <= 3_600_000 ? equalLocalSteps(stepMs) : wallSteps(stepMs);
}

function wallSteps(stepMs: number): Steps {
  return localSteps(
    (local) => Math.floor(wallMs(local) / stepMs),
    (unit) => unit * stepMs,
  );
}

function equalLocalSteps(stepMs: number): Steps {
  return {
    startOf: (timeMs) => {
      const startMs = Math.floor((timeMs + eastMs(timeMs)) / stepMs) * stepMs - eastMs(timeMs);
      return eastMs(startMs) === eastMs(timeMs) ? startMs : changeBetween(startMs, timeMs);
    },
    endOf: (startMs) => {
      const wall = startMs + eastMs(startMs);
      const endMs = startMs + stepMs - (wall - Math.floor(wall / stepMs) * stepMs);
      return eastMs(endMs - 1) === eastMs(startMs) ? endMs : changeBetween(startMs, endMs - 1);
    },
  };
}

/** The instant at which the clocks change, of which there is one after `beforeMs` and up to `afterMs`. */
function changeBetween(beforeMs: number, afterMs: number): number {
  let low = beforeMs;
  let high = afterMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (eastMs(middle) === eastMs(beforeMs)) low = middle;
    else high = middle;
  }
  return high;
}

/** How far the local clocks are ahead of UTC. */
function eastMs(timeMs: number): number {
  return -new Date(timeMs).getTimezoneOffset() * 60_000;
}

function wallMs(local: Date): number {
  return local.getTime() + eastMs(local.getTime());
}

function dayOf(local: Date): number {
  return Math.floor(wallMs(local) / dayMs);
}

/** The first instant at which the local clocks show this or, where they skip it, more. */
function instantOf(wall: number): number {
  const shown = new Date(wall);
  const local = new Date(
    shown.getUTCFullYear(),
    shown.getUTCMonth(),
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
  );
  const skippedMs = wallMs(local) - wall;
  return skippedMs > 0 ? changeBetween(local.getTime() - skippedMs, local.getTime()) : local.getTime();
}
