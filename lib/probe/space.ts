import { level, type Reading } from './reading.js';

/** Bytes of one file system. Used and free need not add up to all: some blocks are kept for the superuser. */
export function spaceReadings(
  device: string,
  mount: string,
  used: number,
  free: number,
  all: number,
): Reading[] {
  const tags = [
    { key: 'device', value: device },
    { key: 'mount', value: mount },
  ];
  return [level('disk_used', used, tags), level('disk_free', free, tags), level('disk_total', all, tags)];
}
