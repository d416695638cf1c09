import { cpus, loadavg, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccountConfig, loadConfig } from '@app/config';
import { Platform } from '../platform.js';
import { authenticationCost } from './authentication-cost.js';
import { GatewayProcess } from './gateway-process.js';
import { people } from './people.js';
import { signIns, whileSigningIn } from './sign-ins.js';

/** Least share of the requests per second that is left with authentication, and of the hashes with sign-ins. */
const LEAST_SHARE = 0.8;
/** Most times that the p99 of an ordinary request may be of its quiet one. */
const MOST_SLOWER = 3;
/** Seconds of each measurement; a short try-out is `npm run bench:auth 2`. */
const SECONDS = Number(process.argv[2] ?? 10);
const SETTLE_MS = 3_000;
const PEOPLE = 40;

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 });
const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;
const atRest = loadavg()[0] ?? NaN;

const platform = await Platform.start();
const gateway = await GatewayProcess.start(platform);
try {
  await sleep(SETTLE_MS);
  const concurrency = loadConfig(AccountConfig).passwordHashConcurrency;
  const everybody = await people(gateway.url, PEOPLE);
  const [somebody] = everybody;
  if (somebody === undefined) throw new Error('Nobody has an account.');
  const cost = await authenticationCost(gateway.url, somebody, SECONDS);
  const { raw, signIns: logins } = await signIns(gateway.url, platform.databaseUrl, everybody, {
    concurrency,
    seconds: SECONDS,
  });
  const { quiet, busy, signIns: queued } = await whileSigningIn(gateway.url, everybody, SECONDS);

  const shares = { requests: cost.authenticated / cost.open, logins: logins.perSecond / raw };
  const slower = busy.p99 / quiet.p99;
  const failed = cost.failed + logins.failed + quiet.failed + busy.failed;
  const lines = [
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}, load average before ${atRest.toFixed(1)}`,
    '',
    row('measure', 'per second', 'p50 ms', 'p99 ms'),
    row('---', '---:', '---:', '---:'),
    row('GET /auth/me without authentication', number(cost.open), '', ''),
    row('GET /auth/me', number(cost.authenticated), '', ''),
    row(`argon2id alone, ${concurrency} at a time`, number(raw), '', ''),
    row('POST /auth/login', number(logins.perSecond), number(logins.p50), number(logins.p99)),
    row('an ordinary request, quiet', '', number(quiet.p50), number(quiet.p99)),
    row('an ordinary request, 200 sign-ins waiting', '', number(busy.p50), number(busy.p99)),
    '',
    `with authentication / without = ${shares.requests.toFixed(2)} (at least ${LEAST_SHARE})`,
    `sign-ins / hashes = ${shares.logins.toFixed(2)} (at least ${LEAST_SHARE})`,
    `p99 with 200 sign-ins waiting / quiet = ${slower.toFixed(2)} (at most ${MOST_SLOWER})`,
    `failed requests: ${failed}; sign-ins of those who waited: ${queued}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  const isGood = shares.requests >= LEAST_SHARE && shares.logins >= LEAST_SHARE && slower <= MOST_SLOWER;
  if (!isGood || failed > 0) process.exitCode = 1;
} finally {
  await gateway.stop();
  await platform.stop();
}
