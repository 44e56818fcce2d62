import si from 'systeminformation';

/**
 * The doorway to systeminformation.
 *
 * On Linux only `memory` is used: it reads a file. Each of the others starts shells there (30 to 500 ms of CPU
 * a call, `currentLoad` with the event loop blocked), so the sources read the kernel's files themselves; see
 * lib/docs/metrics.md for the figures. On other systems there is no such file and these are the sources.
 */
export const memory = (): Promise<si.Systeminformation.MemData> => si.mem();
export const cpuShares = (): Promise<si.Systeminformation.CurrentLoadData> => si.currentLoad();
export const fileSystems = (): Promise<si.Systeminformation.FsSizeData[]> => si.fsSize();
export const fileSystemBytes = (): Promise<si.Systeminformation.FsStatsData | null> => si.fsStats();
export const diskTransfers = (): Promise<si.Systeminformation.DisksIoData | null> => si.disksIO();
export const networkTotals = (): Promise<si.Systeminformation.NetworkStatsData[]> => si.networkStats('*');
export const processCounts = (): Promise<si.Systeminformation.ProcessesData> => si.processes();
export const temperature = (): Promise<si.Systeminformation.CpuTemperatureData> => si.cpuTemperature();
