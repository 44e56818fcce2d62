import { readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { temperature } from './host.js';
import { kernelLine, kernelNames } from './kernel-files.js';
import { level, type Reading, type Roots, type Source } from './reading.js';

/** A sensor and the file with its thousandths of a degree. */
interface Sensor {
  readonly path: string;
  readonly device: string;
  readonly name: string;
}

/**
 * Degrees Celsius of every sensor: the chips under `/sys/class/hwmon`, or the zones under `/sys/class/thermal`
 * where there are no chips (most ARM boards). Virtual machines have neither: no readings, no failure.
 */
export function linuxTemperatures({ sys }: Roots): Source {
  return {
    name: 'temperatures',
    async read() {
      const chips = chipSensors(`${sys}/class/hwmon`);
      const sensors = chips.length > 0 ? chips : zoneSensors(`${sys}/class/thermal`);
      return (await Promise.all(sensors.map(readingsOf))).flat();
    },
  };
}

export function portableTemperatures(): Source {
  return {
    name: 'temperatures',
    async read() {
      // null, whatever its type says, where it cannot tell.
      const main: number | null = (await temperature()).main;
      return main === null ? [] : [degrees(main, 'cpu', 'main')];
    },
  };
}

function chipSensors(folder: string): Sensor[] {
  const chips = namesIn(folder).map((entry) => {
    const path = `${folder}/${entry}`;
    return { path, name: kernelLine(`${path}/name`) ?? entry };
  });
  return chips.flatMap(({ path, name }) => {
    // Two disks are two chips of one name: then the device tells them apart, as the hwmon number does not last.
    const alone = chips.filter((chip) => chip.name === name).length === 1;
    const device = alone ? name : `${name}-${deviceOf(path)}`;
    return namesIn(path).flatMap((file) => {
      const sensor = /^(temp\d+)_input$/.exec(file)?.[1];
      if (sensor === undefined) return [];
      return [{ path: `${path}/${file}`, device, name: kernelLine(`${path}/${sensor}_label`) ?? sensor }];
    });
  });
}

function zoneSensors(folder: string): Sensor[] {
  return namesIn(folder)
    .filter((zone) => zone.startsWith('thermal_zone'))
    .map((zone) => ({
      path: `${folder}/${zone}/temp`,
      device: zone,
      name: kernelLine(`${folder}/${zone}/type`) ?? zone,
    }));
}

/** One that sleeps or is switched off fails to be read: it has no reading now, and the others have. */
async function readingsOf({ path, device, name }: Sensor): Promise<Reading[]> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? [] : [degrees(Number(text) / 1000, device, name)];
}

function degrees(value: number, device: string, sensor: string): Reading {
  return level('temperature_celsius', value, [
    { key: 'device', value: device },
    { key: 'sensor', value: sensor.replaceAll(' ', '_') },
  ]);
}

function deviceOf(chip: string): string {
  try {
    return basename(readlinkSync(`${chip}/device`));
  } catch {
    return basename(chip);
  }
}

function namesIn(folder: string): string[] {
  try {
    return kernelNames(folder);
  } catch {
    return [];
  }
}
