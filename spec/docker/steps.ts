import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts } from '../support/free-port.js';
import { root as project } from '../support/source-files.js';
import { assignmentsOf, parseDockerfile, type Stage } from './dockerfile.js';

// Runs the Dockerfile without Docker: each stage's steps in a fresh Debian root (debootstrap, chroot) that has been
// given this machine's Node, then the entry point and the health check as the image's user. By hand, as root:
//   node dist/spec/docker/steps.js [a folder with bin/node and include/node, for another Node than this one]

const suite = 'bookworm';
const nodeFolder = process.argv[2] ?? dirname(dirname(process.execPath));
const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
// Other servers may run on this machine.
const [udp, mgmt, http] = (await freePorts(3)).map(String);
const ports = { GOODALL_PORT: udp, GOODALL_MGMT_PORT: mgmt, GOODALL_HTTP_PORT: http };

const work = mkdtempSync(join(tmpdir(), 'goodall-image-'));
const finished = new Map<string, string>();

/** A Debian root with what the official image of that tag has: Node, npm, the user, and compilers if it is not slim. */
function baseRoot(stage: Stage): string {
  const folder = join(work, stage.name || 'runtime');
  const packages = stage.from.endsWith('slim') ? 'ca-certificates' : 'ca-certificates,python3,make,g++';
  execFileSync('debootstrap', ['--variant=minbase', `--include=${packages}`, suite, folder], {
    stdio: 'inherit',
  });
  const local = join(folder, 'usr/local');
  cpSync(join(nodeFolder, 'bin/node'), join(local, 'bin/node'));
  cpSync(join(nodeFolder, 'include/node'), join(local, 'include/node'), { recursive: true });
  const npm = join(dirname(dirname(process.execPath)), 'lib/node_modules/npm');
  cpSync(npm, join(local, 'lib/node_modules/npm'), { recursive: true });
  inRoot(
    folder,
    'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && useradd --uid 1000 --create-home node',
  );
  for (const file of ['etc/resolv.conf', 'etc/ssl/certs/ca-certificates.crt'])
    cpSync(`/${file}`, join(folder, file));
  return folder;
}

/** A command line that runs in the root, with /proc and /sys mounted for as long as it runs. */
function enter(folder: string, command: string, user = '0:0'): string[] {
  const mounts = `mount -t proc proc ${folder}/proc && mount --rbind /sys ${folder}/sys`;
  return [
    '--mount',
    '--fork',
    '--kill-child',
    'sh',
    '-c',
    `${mounts} && exec chroot --userspec=${user} ${folder} /bin/sh -c "$0"`,
    command,
  ];
}

function inRoot(folder: string, command: string, env: Record<string, string> = {}): void {
  // Where the registry is reached through a certificate of this machine's own, npm needs that one there too.
  const certificates =
    process.env.NODE_EXTRA_CA_CERTS === undefined
      ? {}
      : { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt' };
  execFileSync('unshare', enter(folder, command), {
    stdio: 'inherit',
    env: { PATH: searchPath, HOME: '/root', ...certificates, ...env },
  });
}

function copy(text: string, folder: string, workdir: string): void {
  const words = text.split(/\s+/);
  const stage = words[0]?.startsWith('--from=') ? words.shift()!.slice('--from='.length) : undefined;
  const from = stage === undefined ? project : finished.get(stage)!;
  const target = words.pop()!;
  for (const source of words) {
    const into = target.endsWith('/') ? join(target, basename(source)) : target;
    cpSync(join(from, source), join(folder, workdir, into), { recursive: true, verbatimSymlinks: true });
  }
}

interface Image {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly settings: ReadonlyMap<string, string>;
}

function build(stage: Stage): Image {
  const folder = baseRoot(stage);
  const env: Record<string, string> = {};
  const settings = new Map<string, string>();
  for (const { instruction, text } of stage.steps) {
    console.log(`${stage.name || 'runtime'}: ${instruction} ${text}`);
    const workdir = settings.get('WORKDIR') ?? '/';
    if (instruction === 'ENV') Object.assign(env, Object.fromEntries(assignmentsOf(text)));
    else if (instruction === 'COPY') copy(text, folder, workdir);
    else if (instruction === 'RUN') inRoot(folder, `cd ${workdir} && ${text}`, env);
    else settings.set(instruction, text);
    if (instruction === 'WORKDIR') mkdirSync(join(folder, text), { recursive: true });
  }
  finished.set(stage.name, folder);
  return { folder, env, settings };
}

/** Starts a program of the image as its user and resolves with how it ended; `meanwhile` runs beside it. */
async function start(
  image: Image,
  argv: readonly string[],
  meanwhile: (end: () => void) => Promise<void>,
): Promise<number | null> {
  const workdir = image.settings.get('WORKDIR') ?? '/';
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const command = `cd ${workdir} && echo $$ && exec ${quoted}`;
  const child = spawn('unshare', enter(image.folder, command, image.settings.get('USER')), {
    env: { PATH: searchPath, ...image.env, ...ports },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const pid = await new Promise<number>((resolve) =>
    child.stdout.once('data', (chunk) => resolve(Number.parseInt(chunk, 10))),
  );
  child.stdout.pipe(process.stdout);
  await Promise.race([meanwhile(() => process.kill(pid, 'SIGTERM')), ended]);
  return ended;
}

const images = parseDockerfile(readFileSync(join(project, 'Dockerfile'), 'utf8')).map(build);
const image = images.at(-1)!;
const checkArgv = JSON.parse(/CMD\s+(\[.*\])/.exec(image.settings.get('HEALTHCHECK') ?? '')![1]!) as string[];
const entry = JSON.parse(image.settings.get('ENTRYPOINT')!) as string[];
const nothing = async () => {};

console.log(
  `image: ${execFileSync('du', ['-sh', join(image.folder, 'opt/goodall')], { encoding: 'utf8' }).trim()}`,
);
console.log(
  `goodall-probe --once exits ${await start(image, ['goodall-probe', '--once'], nothing)} (0 is right)`,
);
console.log(`health check without a server exits ${await start(image, checkArgv, nothing)} (1 is right)`);
if (!existsSync(join(image.folder, 'opt/goodall/dist/bin/goodall.js')))
  throw new Error('there is no server in this tree');
const server = await start(image, entry, async (end) => {
  for (let tries = 0; tries < 30 && (await start(image, checkArgv, nothing)) !== 0; tries++) await wait(500);
  console.log(`health check with the server exits ${await start(image, checkArgv, nothing)} (0 is right)`);
  end();
});
console.log(`the server exits ${server} on SIGTERM (0 is right); the roots stay in ${work}`);
